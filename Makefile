# make run    builds the release and starts the server: 127.0.0.1:6379, data in ./data, log on
# make test   runs every test
# Both install what they need first (as root through apt; otherwise they print the line to run).

BUILD_FLAGS = --explicit-target-dependency-import-check error --static-swift-stdlib
PRODUCTS = ledgerstone-server ledgerstone-check-aof ledgerstone-check-rdb
RELEASE = .build/release
PREFIX ?= /usr/local
DEFAULTS = --bind 127.0.0.1 --port 6379 --dir ./data --appendonly yes
ARGS ?=
# A configuration file as the first argument decides for itself.
FIRST = $(firstword $(ARGS))
RUN_ARGS = $(if $(and $(FIRST),$(filter-out -%,$(FIRST))),$(ARGS),$(DEFAULTS) $(ARGS))

.PHONY: run build test torture bench install format lint reference clean

run: setup-run build
	@mkdir -p data
	exec $(RELEASE)/ledgerstone-server $(RUN_ARGS)

build:
	swift build -c release $(BUILD_FLAGS)

test: setup-test
	Scripts/test quick

torture: setup-test
	Scripts/test torture

bench: setup-bench build
	python3 Benchmarks/run.py $(ARGS)

setup-%:
	@Scripts/setup $*

install: setup-run build
	install -d $(DESTDIR)$(PREFIX)/bin
	for name in $(PRODUCTS); do \
	    install -m 755 $(RELEASE)/$$name $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; done

format:
	swift format format --in-place --recursive Sources Tests Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

# The pages that are made from the tables in the code.
reference: build
	$(RELEASE)/workshop reference directives > docs/reference/directives.md

clean:
	rm -rf .build
