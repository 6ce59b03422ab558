import Configuration

import Platform
import Testing

@testable import Persistence
@testable import Server

/// Each judgement finds what it is for, and nothing else.
@Suite struct DurabilityAdviceTests {
    /// A server whose owner need not be told anything.
    private func wellFacts() -> DurabilityFacts {
        var facts = DurabilityFacts()
        facts.settings.appendOnly.isEnabled = true
        facts.keyCount = 1000
        facts.log.isEnabled = true
        facts.log.state = "healthy"
        facts.dump.secondsSinceVerified = 60
        facts.dump.verifiedFile = "/data/dump.rdb"
        facts.disk.space = DiskSpace(available: 50 << 30, total: 100 << 30)
        facts.disk.rewriteSize = 1 << 30
        facts.disk.dumpSize = 1 << 30
        facts.user = 100
        facts.directories = ["/data", "/data/appendonlydir"].map {
            DurabilityFacts.Directory(path: $0, status: directory(owner: 100, mode: 0o755))
        }
        facts.host.overcommit = 1
        return facts
    }

    private func directory(owner: UInt32, mode: UInt16) -> FileStatus {
        FileStatus(
            kind: .directory, size: 0, modifiedMilliseconds: 0, owner: owner, group: 100,
            permissions: mode)
    }

    private func failure(_ code: Int32) -> LogFailure {
        let error = IOError(code: code, operation: .write, path: "/data/appendonlydir/a.incr.aof")
        return LogFailure(error: error, sinceMilliseconds: 5, lastError: error)
    }

    @Test func aServerThatIsWellIsToldNothing() {
        let advice = DurabilityAdvice.all(wellFacts())
        #expect(advice == [])
        #expect(
            DurabilityAdvice.text(advice) == "Nothing is at risk beyond what the settings say.\n")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let subject: String
        let weight: DurabilityAdvice.Weight
        /// A word that the advice has to have.
        let word: String
        let change: @Sendable (inout DurabilityFacts) -> Void

        init(
            _ subject: String, _ weight: DurabilityAdvice.Weight, _ word: String,
            _ change: @escaping @Sendable (inout DurabilityFacts) -> Void
        ) {
            self.subject = subject
            self.weight = weight
            self.word = word
            self.change = change
        }

        var testDescription: String { "\(subject): \(word)" }
    }

    static let cases: [Case] = [
        Case("unsynced", .danger, "2001 ms") {
            $0.log.unsyncedBytes = 77
            $0.log.unsyncedMilliseconds = 2001
        },
        Case("appendfsync", .note, "77 bytes") {
            $0.settings.appendOnly.fsync = .no
            $0.log.unsyncedBytes = 77
            $0.log.unsyncedMilliseconds = 90_000
        },
        Case("appendfsync", .warning, "EXEC or WAITAOF (3 calls)") {
            $0.settings.appendOnly.fsync = .no
            $0.log.unsyncedBytes = 77
            $0.carefulCalls = 3
        },
        Case("damage", .danger, "a.1.base.rdb at offset 7: wrong") {
            $0.scrub.damage = ScrubDamage(name: "a.1.base.rdb", offset: 7, reason: "wrong")
        },
        Case("aof-max-size", .danger, "commands that add data are refused") {
            $0.log.refusal = .growth
        },
        Case("aof-max-size", .danger, "all writes but deletions") { $0.log.refusal = .writes },
        Case("scrub", .note, "more than a month") { $0.uptimeSeconds = 31 * 86400 },
        Case("rewrite", .warning, "(4 in a row)") {
            $0.log.lastRewriteSucceeded = false
            $0.log.rewriteFailures = 4
        },
        Case("nothing-kept", .note, "12 changes") {
            $0.settings.appendOnly.isEnabled = false
            $0.settings.snapshot.savePoints = []
            $0.dump.changesSinceSave = 12
        },
        Case("dump", .note, "12 changes of the last 34 seconds") {
            $0.settings.appendOnly.isEnabled = false
            $0.dump.changesSinceSave = 12
            $0.dump.secondsSinceSave = 34
        },
        Case("save", .warning, "34 seconds old, and writes are refused") {
            $0.dump.lastSucceeded = false
            $0.dump.secondsSinceSave = 34
        },
        Case("verified", .note, "since the server was started") {
            $0.dump.secondsSinceVerified = nil
        },
        Case("verified", .note, "for 8 days") { $0.dump.secondsSinceVerified = 8 * 86400 },
        Case("disk-space", .warning, "cannot be measured") { $0.disk.space = nil },
        Case("disk-space", .warning, "rewrite of the log needs about 20.00G") {
            $0.disk.space = DiskSpace(available: 10 << 30, total: 100 << 30)
            $0.disk.rewriteSize = 20 << 30
        },
        Case("disk-space", .warning, "dump needs about 20.00G") {
            $0.disk.space = DiskSpace(available: 10 << 30, total: 100 << 30)
            $0.disk.dumpSize = 20 << 30
        },
        Case("disk-full", .warning, "4.00G of 100.00G") {
            $0.disk.space = DiskSpace(available: 4 << 30, total: 100 << 30)
        },
        Case("directory", .danger, "/data/appendonlydir is not there") {
            $0.directories[1].status = nil
        },
        Case("owner", .warning, "belongs to user 7") {
            $0.directories[0].status?.owner = 7
        },
        Case("owner", .note, "belongs to user 7") {
            $0.directories[0].status?.owner = 7
            $0.directories[0].status?.permissions = 0o775
        },
        Case("permissions", .warning, "mode 777") {
            $0.directories[1].status?.permissions = 0o777
        },
        Case("cache", .note, "allkeys-lru") {
            $0.settings.memory.max = 1 << 30
            $0.settings.memory.policy = .allkeysLRU
        },
        Case("aof-checksum", .note, "without checksums") {
            $0.settings.appendOnly.hasChecksum = false
        },
        Case("aof-checksum", .warning, "appendfsync always") {
            $0.settings.appendOnly.hasChecksum = false
            $0.settings.appendOnly.fsync = .always
        },
        Case("rdbchecksum", .note, "without a checksum") {
            $0.settings.snapshot.hasChecksum = false
        },
        Case("growth", .warning, "never rewritten") {
            $0.settings.appendOnly.rewritePercentage = 0
        },
        Case("stop-writes-on-bgsave-error", .note, "writes go on") {
            $0.settings.appendOnly.isEnabled = false
            $0.settings.snapshot.stopsWritesOnError = false
        },
        Case("overcommit", .note, "is 0") { $0.host.overcommit = 0 },
        Case("overcommit", .warning, "is 2") { $0.host.overcommit = 2 },
        Case("huge-pages", .note, "maxmemory") {
            $0.host.transparentHugePagesAlways = true
            $0.settings.memory.max = 1 << 30
        },
        Case("memory-limit", .warning, "1.00G") { $0.host.memoryLimit = 1 << 30 },
    ]

    @Test(arguments: cases)
    func eachJudgementFindsItsOwn(_ one: Case) {
        var facts = wellFacts()
        one.change(&facts)
        let advice = DurabilityAdvice.all(facts)
        #expect(advice.map(\.subject) == [one.subject])
        #expect(advice.first?.weight == one.weight)
        #expect(advice.first?.text.contains(one.word) == true, "\(advice)")
        #expect(advice.first?.remedy.isEmpty == false)
    }

    @Test func aFailingLogNamesCauseAndRemedy() {
        var facts = wellFacts()
        facts.log.state = "refusing"
        facts.log.failure = failure(SystemCode.noSpace)
        let full = DurabilityAdvice.all(facts)
        #expect(full.map(\.subject) == ["log"])
        #expect(full.first?.text.contains("No space left on device") == true)
        #expect(full.first?.remedy.contains("Make room") == true)
        facts.log.failure = failure(SystemCode.inputOutput)
        #expect(DurabilityAdvice.all(facts).first?.remedy.contains("kernel's messages") == true)
    }

    @Test func theMostImportantComesFirst() {
        var facts = wellFacts()
        facts.host.overcommit = 0
        facts.settings.appendOnly.rewritePercentage = 0
        facts.log.unsyncedMilliseconds = 5000
        facts.log.unsyncedBytes = 1
        #expect(DurabilityAdvice.all(facts).map(\.weight) == [.danger, .warning, .note])
    }

    @Test func theSuperuserMayUseAnybodysDirectory() {
        var facts = wellFacts()
        facts.user = 0
        #expect(DurabilityAdvice.foreignDirectory(facts) == nil)
    }

    @Test func aStickyDirectoryIsNobodyElsesToChange() {
        var facts = wellFacts()
        facts.directories[0].status?.permissions = 0o1777
        #expect(DurabilityAdvice.openDirectory(facts) == nil)
    }
}
