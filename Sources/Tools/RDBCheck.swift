import Bytes
import Persistence

/// The examination of an RDB file that `ledgerstone-check-rdb` prints, and that of the RDB head of
/// an append-only file: lines, words and places are those of `redis-check-rdb`.
public enum RDBCheck {
    /// Walks over the file that begins at the first byte, and prints what it finds.
    ///
    /// - Parameters:
    ///   - path: as it is to be printed.
    ///   - now: Unix milliseconds.
    ///   - print: takes a line without its end.
    /// - Returns: the size of the file, behind which an append-only file goes on; nothing when it
    ///   is not sound.
    public static func run(
        _ bytes: ByteSlice, path: String, now: Int64, print: (String) -> Void
    ) -> Int? {
        print("[offset 0] Checking RDB file \(path)")
        var reader = RDBReader(bytes)
        var counts = Counts()
        defer { counts.report(print) }
        do throws(RDBError) {
            try walk(&reader, &counts, now: now, print)
            return reader.offset
        } catch {
            report(error, print)
            return nil
        }
    }

    private struct Counts {
        var keys = 0
        var expires = 0
        var expired = 0

        func report(_ print: (String) -> Void) {
            print("[info] \(keys) keys read")
            print("[info] \(expires) expires")
            print("[info] \(expired) already expired")
        }
    }

    private static func walk(
        _ reader: inout RDBReader, _ counts: inout Counts, now: Int64, _ print: (String) -> Void
    ) throws(RDBError) {
        var walker = ValueWalker(depth: .contents)
        while true {
            let event = try reader.next()
            let place = "[offset \(reader.offset)]"
            switch event {
            case .auxiliary(let name, let value):
                print("\(place) AUX FIELD \(name.text) = '\(value.text)'")
            case .selectDatabase(let number): print("\(place) Selecting DB ID \(number)")
            case .moduleAuxiliary(let name): print("\(place) MODULE AUX for: \(name)")
            case .tableSizes, .slotSizes, .functionLibrary: break
            case .record(let record):
                counts.keys += 1
                if record.deadline != nil { counts.expires += 1 }
                try reader.skipValue(of: record, with: &walker)
                if let deadline = record.deadline, deadline < now { counts.expired += 1 }
            case .end(let checksum):
                if checksum == .correct { print("\(place) Checksum OK") }
                if checksum == .disabled {
                    print(
                        "\(place) RDB file was saved with checksum disabled: no check performed.")
                }
                return print("\(place) \\o/ RDB looks OK! \\o/")
            }
        }
    }

    private static func report(_ error: RDBError, _ print: (String) -> Void) {
        print("--- RDB ERROR DETECTED ---")
        print("[offset \(error.offset)] \(error.reason)")
        print("[additional info] While doing: \(error.step.rawValue)")
        if let key = error.key { print("[additional info] Reading key '\(key.text)'") }
        if let type = error.type {
            let name = RDBType(rawValue: type)?.name ?? "unknown"
            print("[additional info] Reading type \(type) (\(name))")
        }
    }
}
