import Bytes
import Persistence

/// What was found in one file of an append-only log.
struct AOFFileReport {
    enum Verdict: Equatable {
        case empty
        /// Everything can be read, and every checksum that is there holds.
        case intact
        /// The end was being written when writing ended.
        case torn
        /// The end was written again in a later file; a start passes it over.
        case superseded
        /// Something that had been complete is not any more.
        case damaged

        var word: String {
            switch self {
            case .empty: "empty"
            case .intact: "intact"
            case .torn: "torn tail"
            case .superseded: "superseded tail"
            case .damaged: "damaged"
            }
        }
    }

    let path: String
    /// As it is printed: the bare name when a manifest lists the file.
    let name: String
    /// `BASE AOF`, `INCR AOF` or `AOF`.
    let kind: String
    var findings = LogFindings()
    /// Why the RDB file at the head cannot be read.
    var headError: RDBError?
    /// Records that hold, those in batches included.
    var records = 0
    var batches = 0
    /// Bytes of batches and their lines.
    var checksummedSize = 0
    var damage: AOFDamage?
    /// The first command that the server does not know; Redis's tool does not look.
    var unknownCommand: UnknownCommand?
    /// What Redis's tool says of what does not hold.
    var redisLine: String?
    /// Whether a start passes over what does not hold, because a later file has it.
    var isCovered = false

    init(path: String, name: String, kind: String) {
        self.path = path
        self.name = name
        self.kind = kind
    }

    var size: Int { findings.size }

    /// Bytes that hold, and bytes behind them that do not.
    var validSize: Int { findings.validEnd }
    var lostSize: Int { size - validSize }

    /// Bytes of records that no checksum vouches for.
    var uncheckedSize: Int { max(0, validSize - findings.headSize - checksummedSize) }

    var verdict: Verdict {
        if headError != nil { return .damaged }
        if size == 0 { return .empty }
        guard let problem = findings.problem else { return .intact }
        if isCovered { return .superseded }
        switch problem.kind {
        case .torn: return .torn
        case .superseded: return .superseded
        case .damaged: return .damaged
        }
    }

    var isAcceptable: Bool {
        verdict == .intact || verdict == .empty || verdict == .superseded
    }
}

// MARK: - As text

extension AOFFileReport {
    /// What the tool says beyond Redis's lines.
    var lines: [String] {
        guard size > 0, headError == nil else { return [] }
        let content =
            counted(records, "record")
            + (batches > 0 ? " in " + counted(batches, "batch", "batches") : "")
        switch verdict {
        case .empty: return []
        case .intact:
            let unknown = unknownCommand.map { ["\(name): \($0.text)"] } ?? []
            return ["\(name): intact, \(content), \(coverage)"] + unknown
        case .superseded:
            return [
                "\(name): intact up to offset \(validSize), \(content), \(coverage); the last "
                    + "\(counted(lostSize, "byte")) were written again in the next file"
            ]
        case .torn:
            return [
                "\(name): torn tail of \(counted(lostSize, "byte")) after record \(records) at "
                    + "offset \(validSize): \(reason)"
                    + (validSize > 0 ? "; before it \(coverage)" : "")
            ]
        case .damaged: return damageLines
        }
    }

    private var reason: String { findings.problem?.reason ?? "" }

    /// How much of what holds is vouched for.
    private var coverage: String {
        if checksummedSize == 0 {
            return findings.headSize > 0 && findings.headSize == validSize
                ? "the checksum is that of its RDB file"
                : "not checksummed (written by Redis, or with aof-checksum no)"
        }
        let rest =
            uncheckedSize == 0
            ? "" : "; \(counted(uncheckedSize, "byte")) between batches not checksummed"
        return "every batch checksum and the chain hold" + rest
    }

    private var damageLines: [String] {
        guard let problem = findings.problem else { return [] }
        var place = "damage in the middle at offset \(damage?.wrongByte?.offset ?? problem.offset)"
        if let batch = problem.batch {
            place +=
                ", in batch \(batches + 1) (offsets \(batch.lowerBound) to \(batch.upperBound))"
        }
        var lines = [
            "\(name): \(place), after record \(records): \(problem.reason); what follows had been "
                + "complete"
        ]
        if let byte = damage?.wrongByte { lines.append("\(name): \(byte.text)") }
        if let damage, !damage.keys.isEmpty {
            lines.append("\(name): keys probably affected: \(damage.keysText)")
        }
        lines.append("\(name): --salvage OUT writes a new set with everything that can be read")
        return lines
    }
}

// MARK: - As JSON

extension AOFFileReport {
    func write(to json: inout JSONText) {
        json.beginObject()
        json.value("name", name)
        json.value("path", path)
        json.value("verdict", verdict.word)
        json.value("size", size)
        json.value("head_size", findings.headSize)
        json.value("valid_size", validSize)
        json.value("records", records)
        json.value("batches", batches)
        json.value("checksummed_size", checksummedSize)
        json.value("unchecksummed_size", uncheckedSize)
        if let end = findings.end { json.value("log_offset", end.value) }
        if let unknownCommand {
            json.beginObject("unknown_command")
            unknownCommand.name.withSlice { json.value("name", $0) }
            json.value("offset", unknownCommand.offset)
            json.endObject()
        }
        if let headError {
            json.beginObject("problem")
            json.value("offset", headError.offset)
            json.value("reason", "\(headError)")
            json.endObject()
        } else if let problem = findings.problem {
            write(problem, to: &json)
        }
        json.endObject()
    }

    private func write(_ problem: LogProblem, to json: inout JSONText) {
        json.beginObject("problem")
        json.value("offset", damage?.wrongByte?.offset ?? problem.offset)
        json.value("reason", problem.reason)
        json.value("after_record", records)
        if let batch = problem.batch {
            json.value("batch", batches + 1)
            json.value("batch_offset", batch.lowerBound)
            json.value("batch_size", batch.count)
        }
        if let byte = damage?.wrongByte { byte.write(to: &json) }
        if let damage {
            json.beginArray("keys")
            for key in damage.keys { key.write(to: &json) }
            json.endArray()
        }
        json.endObject()
    }
}
