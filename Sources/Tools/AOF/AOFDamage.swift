import Bytes
import Persistence

/// What is known about damage in the middle of a file.
struct AOFDamage {
    /// The one byte that is wrong, when the checksum proves that it is only one.
    var wrongByte: WrongByte?
    var keys: [AffectedKey] = []
    /// Keys that are not among `keys` because there are so many.
    var omittedKeys = 0

    /// The first keys, for a line of text.
    var keysText: String {
        let shown = 10
        let rest = keys.count + omittedKeys - min(keys.count, shown)
        return keys.prefix(shown).map(\.text).joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Looks into what is damaged.
    ///
    /// - Parameter sequence: of the increment, when it is known.
    static func examine(
        _ content: ByteSlice, _ findings: LogFindings, database: Int, sequence: Int64?
    ) -> AOFDamage {
        var damage = AOFDamage()
        guard let problem = findings.problem else { return damage }
        var range = findings.validEnd..<content.count
        if let batch = problem.batch {
            let previous = findings.checksum ?? sequence.map { BatchLine.seed(ofIncrement: $0) }
            if let previous {
                damage.wrongByte = BatchRepair.find(in: content, batch, previous: previous)
            }
            range = batch
        }
        var finder = KeyFinder()
        var search = LostRecords(content, range, database: database)
        // Of what is not in a batch, only the part up to the next command is affected.
        if problem.batch == nil {
            search.visitNext { finder.note($0, database: $1) }
        } else {
            search.visitAll { finder.note($0, database: $1) }
        }
        (damage.keys, damage.omittedKeys) = (finder.keys, finder.omitted)
        return damage
    }
}

/// A byte that is not what a checksum proves that it was.
struct WrongByte: Equatable {
    /// From the beginning of the file.
    let offset: Int
    let found: UInt8
    let right: UInt8

    var text: String {
        "exactly one byte is wrong: at offset \(offset) stands \(hexadecimal(found)), the checksum "
            + "proves \(hexadecimal(right)); --salvage puts it right"
    }

    func write(to json: inout JSONText) {
        json.beginObject("wrong_byte")
        json.value("offset", offset)
        json.value("found", Int(found))
        json.value("right", Int(right))
        json.endObject()
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0x0" + digits : "0x" + digits
    }
}
