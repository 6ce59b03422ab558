import Bytes
import Persistence

/// What salvaging found, kept, put right and lost.
struct SalvageReport {
    struct Loss {
        let file: String
        /// Bytes of the file.
        let range: Range<Int>
        var reason: String
        var keys: [AffectedKey] = []
        var omittedKeys = 0
        /// Whether the records were kept although no checksum vouches for them.
        var isKept = false
    }

    struct Repair {
        let file: String
        let byte: WrongByte
    }

    let source: String
    let target: String
    var keys = 0
    var functionLibraries = 0
    var records = 0
    var repairs: [Repair] = []
    var losses: [Loss] = []
    var notes: [String] = []
    /// Losses beyond the limit, which are only counted.
    var omittedLosses = 0

    /// Whether something is wrong that nobody can locate.
    var hasUnknownDamage = false

    /// Losses that are told one by one.
    static let lossesMax = 100_000

    init(source: String, target: String) {
        self.source = source
        self.target = target
    }

    /// Adds what a file holds that could be kept whole.
    mutating func add(_ summary: RDBFile.Summary) {
        keys += summary.keys
        functionLibraries += summary.functionLibraries
    }

    mutating func add(_ loss: Loss) {
        guard losses.count < Self.lossesMax else { return omittedLosses += 1 }
        losses.append(loss)
    }

    var lostSize: Int { losses.reduce(0) { $0 + ($1.isKept ? 0 : $1.range.count) } }

    /// Whether everything came back as it was.
    var isComplete: Bool { losses.isEmpty && omittedLosses == 0 && !hasUnknownDamage }
}

// MARK: - As text

extension SalvageReport {
    var lines: [String] {
        var lines = ["Salvaged \(source) to \(target)"]
        var kept: [String] = []
        if keys > 0 { kept.append(counted(keys, "key")) }
        if functionLibraries > 0 {
            kept.append(
                counted(functionLibraries, "library of functions", "libraries of functions"))
        }
        if records > 0 { kept.append(counted(records, "record")) }
        lines.append("Kept: " + (kept.isEmpty ? "nothing" : kept.joined(separator: ", ")))
        for repair in repairs {
            lines.append(
                "Put right: \(repair.file), offset \(repair.byte.offset): \(repair.byte.found) was "
                    + "\(repair.byte.right), as the checksum proves")
        }
        for loss in losses { lines += Self.lines(of: loss) }
        if omittedLosses > 0 {
            lines.append("… and \(counted(omittedLosses, "more loss", "more losses"))")
        }
        lines += notes.map { "Note: \($0)" }
        lines.append(
            isComplete ? "Nothing was lost." : "Lost in all: \(counted(lostSize, "byte")).")
        return lines
    }

    private static func lines(of loss: Loss) -> [String] {
        let place =
            "\(loss.file), offsets \(loss.range.lowerBound) to \(loss.range.upperBound) "
            + "(\(counted(loss.range.count, "byte")))"
        var lines = [(loss.isKept ? "Kept unverified: " : "Lost: ") + "\(place): \(loss.reason)"]
        if !loss.keys.isEmpty {
            let rest = loss.omittedKeys > 0 ? " and \(loss.omittedKeys) more" : ""
            lines.append(
                "  keys \(loss.isKept ? "to look at" : "affected"): "
                    + loss.keys.map(\.text).joined(separator: ", ") + rest)
        }
        return lines
    }
}

// MARK: - As JSON

extension SalvageReport {
    func write(to json: inout JSONText) {
        json.beginObject()
        json.value("source", source)
        json.value("target", target)
        json.value("complete", isComplete)
        json.value("keys", keys)
        json.value("function_libraries", functionLibraries)
        json.value("records", records)
        json.value("lost_bytes", lostSize)
        json.beginArray("repairs")
        for repair in repairs {
            json.beginObject()
            json.value("file", repair.file)
            repair.byte.write(to: &json)
            json.endObject()
        }
        json.endArray()
        json.beginArray("losses")
        for loss in losses {
            json.breakLine()
            Self.write(loss, to: &json)
        }
        json.endArray()
        json.value("omitted_losses", omittedLosses)
        json.beginArray("notes")
        for note in notes { json.value(nil, note) }
        json.endArray()
        json.endObject()
    }

    private static func write(_ loss: Loss, to json: inout JSONText) {
        json.beginObject()
        json.value("file", loss.file)
        json.value("offset", loss.range.lowerBound)
        json.value("size", loss.range.count)
        json.value("reason", loss.reason)
        json.value("kept_unverified", loss.isKept)
        json.beginArray("keys")
        for key in loss.keys { key.write(to: &json) }
        json.endArray()
        json.value("omitted_keys", loss.omittedKeys)
        json.endObject()
    }
}
