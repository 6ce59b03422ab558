import Bytes
import Configuration
import Persistence
import Platform

/// The facts as `DURABILITY STATUS` tells them: one list, from which the text and the JSON are made.
struct DurabilityStatus {
    enum Value: Equatable {
        case word(String)
        case flag(Bool)
        case count(Int64)
        case bytes(UInt64)
        /// Not known, or there is none.
        case none
    }

    struct Line: Equatable {
        let name: String
        let value: Value

        init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    struct Section: Equatable {
        let name: String
        let lines: [Line]
    }

    let sections: [Section]

    init(_ facts: DurabilityFacts) {
        sections = [
            Section(name: "promise", lines: Self.promise(facts)),
            Section(
                name: "log", lines: Self.log(facts.log, UInt64(facts.settings.appendOnly.sizeMax))),
            Section(name: "scrub", lines: Self.scrub(facts)),
            Section(name: "snapshot", lines: Self.dump(facts.dump)),
            Section(name: "disk", lines: Self.disk(facts.disk)),
            Section(name: "directories", lines: Self.directories(facts)),
            Section(name: "host", lines: Self.host(facts)),
        ]
    }

    private static func promise(_ facts: DurabilityFacts) -> [Line] {
        let settings = facts.settings
        let points = settings.snapshot.savePoints.map { "\($0.seconds) \($0.changes)" }
        return [
            Line("appendonly", .flag(settings.appendOnly.isEnabled)),
            Line("appendfsync", .word(settings.appendOnly.fsync.rawValue)),
            Line("aof_checksum", .flag(settings.appendOnly.hasChecksum)),
            Line("save", .word(points.joined(separator: " "))),
            Line("loading", .flag(facts.isLoading)),
        ]
    }

    private static func log(_ log: DurabilityFacts.Log, _ limit: UInt64) -> [Line] {
        [
            Line("state", .word(log.state)),
            Line("reason", log.failure.map { .word($0.lastError.message) } ?? .none),
            Line("failing_since_ms", log.failure.map { .count($0.sinceMilliseconds) } ?? .none),
            Line("unsynced_bytes", .bytes(UInt64(max(0, log.unsyncedBytes)))),
            Line("unsynced_age_ms", .count(log.unsyncedMilliseconds)),
            Line("appended_offset", .count(Int64(clamping: log.appended))),
            Line("written_offset", .count(Int64(clamping: log.written))),
            Line("durable_offset", .count(Int64(clamping: log.durable))),
            Line("size", .bytes(log.size)),
            Line("max_size", .bytes(limit)),
            Line("size_refuses", .word("\(log.refusal)")),
            Line("size_after_rewrite", .bytes(log.sizeAfterRewrite)),
            Line("rewriting", .flag(log.isRewriting)),
            Line("rewrite_scheduled", .flag(log.isRewriteScheduled)),
            Line("last_rewrite_succeeded", .flag(log.lastRewriteSucceeded)),
            Line("rewrite_failures", .count(Int64(log.rewriteFailures))),
        ]
    }

    private static func scrub(_ facts: DurabilityFacts) -> [Line] {
        let scrub = facts.scrub
        return [
            Line("rate", .bytes(UInt64(facts.settings.appendOnly.scrubRate))),
            Line("running", .flag(scrub.isRunning)),
            Line("since_last_sec", scrub.secondsSincePass.map { .count($0) } ?? .none),
            Line("verified", scrub.report.map { .bytes($0.verified) } ?? .none),
            Line("unverified", scrub.report.map { .bytes($0.unverified) } ?? .none),
            Line("damage", scrub.damage.map { .word($0.text) } ?? .none),
            Line("repairs", .count(Int64(clamping: scrub.repairs))),
        ]
    }

    private static func dump(_ dump: DurabilityFacts.Dump) -> [Line] {
        [
            Line("saving", .flag(dump.isSaving)),
            Line("changes_since_save", .count(Int64(dump.changesSinceSave))),
            Line("since_save_sec", .count(dump.secondsSinceSave)),
            Line("last_save_succeeded", .flag(dump.lastSucceeded)),
            Line("save_failures", .count(Int64(clamping: dump.failures))),
            Line(
                "last_verified_file", dump.verifiedFile.isEmpty ? .none : .word(dump.verifiedFile)),
            Line("since_verified_sec", dump.secondsSinceVerified.map { .count($0) } ?? .none),
        ]
    }

    private static func disk(_ disk: DurabilityFacts.Disk) -> [Line] {
        [
            Line("available", disk.space.map { .bytes($0.available) } ?? .none),
            Line("total", disk.space.map { .bytes($0.total) } ?? .none),
            Line("rewrite_needs", .bytes(disk.rewriteSize)),
            Line("dump_needs", .bytes(disk.dumpSize)),
            Line("refused", disk.refusal.map { .word($0.text) } ?? .none),
        ]
    }

    private static func directories(_ facts: DurabilityFacts) -> [Line] {
        facts.directories.enumerated().flatMap { index, directory -> [Line] in
            let prefix = index == 0 ? "dir" : "appenddir"
            let mode = directory.status.map { String($0.permissions, radix: 8) }
            return [
                Line(prefix, .word(directory.path)),
                Line("\(prefix)_mode", mode.map { .word($0) } ?? .none),
                Line("\(prefix)_owner", directory.status.map { .count(Int64($0.owner)) } ?? .none),
                Line("\(prefix)_problem", directory.problem.map { .word($0) } ?? .none),
            ]
        }
    }

    private static func host(_ facts: DurabilityFacts) -> [Line] {
        [
            Line("user", .count(Int64(facts.user))),
            Line("memory", .bytes(facts.host.memory)),
            Line("memory_limit", facts.host.memoryLimit.map { .bytes($0) } ?? .none),
            Line("overcommit_memory", facts.host.overcommit.map { .count(Int64($0)) } ?? .none),
            Line(
                "transparent_huge_pages_always", .flag(facts.host.transparentHugePagesAlways)),
        ]
    }
}

// MARK: - Its two forms

extension DurabilityStatus {
    /// A title and its lines, `name: value`, for people.
    var text: String {
        var text = ""
        for section in sections {
            text += text.isEmpty ? "" : "\n"
            text += "# \(section.name)\n"
            for line in section.lines { text += "\(line.name): \(line.value.text)\n" }
        }
        return text
    }

    /// An object of objects; amounts are plain numbers, in bytes or in the unit that the name ends
    /// with, and what is not known is null.
    func append(to json: inout JSONWriter) {
        json.beginObject()
        for section in sections {
            json.name(section.name)
            json.beginObject()
            for line in section.lines {
                json.name(line.name)
                line.value.append(to: &json)
            }
            json.endObject()
        }
        json.endObject()
    }
}

extension DurabilityStatus.Value {
    fileprivate var text: String {
        switch self {
        case .word(let word): word
        case .flag(let flag): flag ? "yes" : "no"
        case .count(let count): String(count)
        case .bytes(let bytes): bytes < 1024 ? "\(bytes)" : "\(bytes) (\(MemorySize.human(bytes)))"
        case .none: "-"
        }
    }

    fileprivate func append(to json: inout JSONWriter) {
        switch self {
        case .word(let word): json.string(word)
        case .flag(let flag): json.flag(flag)
        case .count(let count): json.integer(count)
        case .bytes(let bytes): json.integer(bytes)
        case .none: json.null()
        }
    }
}
