# make run        builds the release and starts the server: 127.0.0.1:6379, data in ./data, log on
# make test       runs every test and ends in `N passed, N failed`
# Both install what they need first (as root through apt; otherwise they print the line to run).
#
# make torture    the tests that repeat and draw at random, for as long as it takes
# make sanitize   the unit and simulation tests, and generated sessions, under a sanitizer:
#                 SANITIZER=address (the default) or thread
# make powercut   cuts the power of real servers: Ledgerstone, Redis, Valkey; ARGS goes to
#                 Tests/System/powercut/run.py
# make durability compares the three by kills, power cuts, faults and damage, and writes
#                 docs/durability-comparison.md; ARGS goes to Tests/System/comparison/run.py
# make fuzz       searches for bytes that end a decoder, with libFuzzer, and lets a swarm of bad clients
#                 at the server; ARGS: seconds and targets
# make bench      measures beside Redis and Valkey; ARGS goes to Benchmarks/run.py
# make install    the programs below PREFIX (/usr/local); with REDIS_NAMES=yes the check tools under
#                 Redis's names, too
# make format     formats the sources; `make lint` only looks
# make reference  writes docs/reference anew from the tables in the code

BUILD_FLAGS = --explicit-target-dependency-import-check error --static-swift-stdlib
PRODUCTS = ledgerstone-server ledgerstone-check-aof ledgerstone-check-rdb
RELEASE = .build/release
PREFIX ?= /usr/local
DEFAULTS = --bind 127.0.0.1 --port 6379 --dir ./data --appendonly yes
ARGS ?=
SANITIZER ?= address
# A configuration file as the first argument decides for itself.
FIRST = $(firstword $(ARGS))
RUN_ARGS = $(if $(and $(FIRST),$(filter-out -%,$(FIRST))),$(ARGS),$(DEFAULTS) $(ARGS))
# `sudo make install` may not find a toolchain; then what was built before is installed.
HAS_SWIFT := $(shell command -v swift)

.PHONY: run build test torture sanitize powercut durability fuzz bench install format lint reference clean

run: setup-run build
	@mkdir -p data
	exec $(RELEASE)/ledgerstone-server $(RUN_ARGS)

build:
	swift build -c release $(BUILD_FLAGS)

test: setup-test
	Scripts/test quick

torture: setup-test
	Scripts/test torture

sanitize: setup-test
	Scripts/test sanitize-$(SANITIZER)

powercut: setup-test build
	python3 Tests/System/powercut/run.py $(ARGS)

durability: setup-test build
	python3 Tests/System/comparison/run.py $(ARGS)

fuzz: setup-test build
	Scripts/fuzz $(ARGS)

bench: setup-bench build
	python3 Benchmarks/run.py $(ARGS)

setup-%:
	@Scripts/setup $*

install: $(if $(HAS_SWIFT),setup-run build)
	install -d $(DESTDIR)$(PREFIX)/bin
	for name in $(PRODUCTS); do \
	    install -m 755 $(RELEASE)/$$name $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; done
	$(if $(filter yes,$(REDIS_NAMES)),for name in check-aof check-rdb; do \
	    ln -sf ledgerstone-$$name $(DESTDIR)$(PREFIX)/bin/redis-$$name || exit 1; done)

format:
	swift format format --in-place --recursive Sources Tests Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

reference: setup-run build
	$(RELEASE)/workshop reference directives > docs/reference/directives.md
	$(RELEASE)/workshop reference info > docs/reference/info.md
	python3 Tests/System/applications/page.py

clean:
	rm -rf .build
