import Bytes
import Persistence

/// The examination of an RDB file that `ledgerstone-check-rdb` prints, and that of the RDB head of
/// an append-only file: lines, words and places are those of `redis-check-rdb`.
struct RDBCheck {
    let bytes: ByteSlice
    /// Unix milliseconds.
    let now: Int64

    /// The size of the file, behind which an append-only file goes on; nothing when it is not sound.
    private(set) var size: Int?
    private(set) var error: RDBError?
    private(set) var version = 0
    private(set) var checksum: RDBChecksum?
    private(set) var keys = 0
    private(set) var expires = 0
    private(set) var expired = 0
    private(set) var functionLibraries = 0
    private(set) var moduleParts = 0
    private(set) var auxiliary: [(name: ByteString, value: ByteString)] = []

    init(_ bytes: ByteSlice, now: Int64) {
        self.bytes = bytes
        self.now = now
    }

    /// Walks over the file that begins at the first byte, and prints what it finds.
    ///
    /// - Parameters:
    ///   - path: as it is to be printed.
    ///   - print: takes a line without its end.
    mutating func run(
        path: String, _ output: ToolOutput, print: (String) -> Void
    ) throws(ToolFailure) {
        print("[offset 0] Checking RDB file \(path)")
        var reader = RDBReader(bytes)
        do throws(RDBError) {
            var walker = ValueWalker(depth: .contents)
            var isMore = true
            while isMore {
                isMore = try step(&reader, &walker, print)
                do throws(ToolFailure) {
                    try output.reach(reader.offset)
                } catch {
                    // Nobody reads on; what is left to print goes nowhere.
                    break
                }
            }
            if !isMore { size = reader.offset }
        } catch {
            self.error = error
            report(error, print)
        }
        version = reader.version
        print("[info] \(keys) keys read")
        print("[info] \(expires) expires")
        print("[info] \(expired) already expired")
        if size == nil, error == nil { try output.reach(0) }
    }

    /// - Returns: whether there is more.
    private mutating func step(
        _ reader: inout RDBReader, _ walker: inout ValueWalker, _ print: (String) -> Void
    ) throws(RDBError) -> Bool {
        let event = try reader.next()
        let place = "[offset \(reader.offset)]"
        switch event {
        case .auxiliary(let name, let value):
            auxiliary.append((name, value))
            print("\(place) AUX FIELD \(name.text) = '\(value.text)'")
        case .selectDatabase(let number): print("\(place) Selecting DB ID \(number)")
        case .moduleAuxiliary(let name):
            moduleParts += 1
            print("\(place) MODULE AUX for: \(name)")
        case .functionLibrary: functionLibraries += 1
        case .tableSizes, .slotSizes: break
        case .record(let record):
            keys += 1
            if record.type == .moduleValue { moduleParts += 1 }
            try reader.skipValue(of: record, with: &walker)
            guard let deadline = record.deadline else { break }
            expires += 1
            if deadline < now { expired += 1 }
        case .end(let checksum):
            self.checksum = checksum
            if checksum == .correct { print("\(place) Checksum OK") }
            if checksum == .disabled {
                print("\(place) RDB file was saved with checksum disabled: no check performed.")
            }
            print("\(place) \\o/ RDB looks OK! \\o/")
            return false
        }
        return true
    }

    private func report(_ error: RDBError, _ print: (String) -> Void) {
        print("--- RDB ERROR DETECTED ---")
        print("[offset \(error.offset)] \(error.reason)")
        print("[additional info] While doing: \(error.step.rawValue)")
        if let key = error.key { print("[additional info] Reading key '\(key.text)'") }
        // Before the first key has been read, Redis's tool takes its type for 0.
        if let type = error.type ?? (keys == 0 ? 0 : nil) {
            let name = RDBType(rawValue: type)?.name ?? "unknown"
            print("[additional info] Reading type \(type) (\(name))")
        }
    }
}

// MARK: - What Redis's tool does not say

extension RDBCheck {
    var isSound: Bool { size != nil }

    /// Looks for keys that come twice, which Redis's tool does not, where no checksum vouches for
    /// the file.
    mutating func lookForDuplicates(
        path: String, _ output: ToolOutput
    ) throws(ToolFailure) {
        guard let size, checksum != .correct else { return }
        let found = try DuplicateKeys.find(bytes[..<size], path: path, keys: keys, output)
        guard let found else { return }
        self.size = nil
        error = RDBError(
            offset: found.offset, step: .readKey,
            reason: .duplicateKey(found.key, database: found.database), key: found.key)
    }

    var duplicateLines: [String] {
        guard case .duplicateKey = error?.reason, let error else { return [] }
        return ["at offset \(error.offset): \(error.reason); the server would refuse to load it"]
    }

    /// The one wrong byte of a file that is nothing but an RDB file.
    var wrongByte: WrongByte? { error == nil ? nil : RDBRepair.find(in: bytes) }

    /// What a log file has whose head is damaged.
    var damagedFindings: LogFindings { LogFindings(size: bytes.count) }

    /// What can be done about damage.
    var repairLines: [String] {
        guard error != nil else { return [] }
        if let wrongByte { return [wrongByte.text] }
        return ["--salvage OUT writes a new file with every key that can be found again"]
    }

    /// What the server cannot take in although the file is sound.
    var limitLines: [String] {
        var lines: [String] = []
        if moduleParts > 0 {
            lines.append("the file holds data of modules, which ledgerstone-server does not load")
        }
        return lines
    }

    func write(to json: inout JSONText, path: String) {
        json.beginObject()
        json.value("path", path)
        json.value("sound", isSound)
        json.value("size", bytes.count)
        if let size { json.value("rdb_size", size) }
        if version > 0 { json.value("version", version) }
        if let checksum { json.value("checksum", checksum.word) }
        json.value("keys", keys)
        json.value("expires", expires)
        json.value("expired", expired)
        json.value("function_libraries", functionLibraries)
        json.value("module_parts", moduleParts)
        json.beginArray("aux")
        for field in auxiliary {
            json.beginArray()
            field.name.withSlice { json.value(nil, $0) }
            field.value.withSlice { json.value(nil, $0) }
            json.endArray()
        }
        json.endArray()
        if let error { write(error, to: &json) }
        json.endObject()
    }

    private func write(_ error: RDBError, to json: inout JSONText) {
        json.beginObject("problem")
        json.value("offset", error.offset)
        json.value("reason", error.reason.description)
        json.value("step", error.step.rawValue)
        if let key = error.key { key.withSlice { json.value("key", $0) } }
        if let type = error.type {
            json.value("type", RDBType(rawValue: type)?.name ?? "unknown")
        }
        if let wrongByte { wrongByte.write(to: &json) }
        json.endObject()
    }
}

extension RDBChecksum {
    var word: String {
        switch self {
        case .correct: "correct"
        case .disabled: "disabled"
        case .absent: "absent"
        case .notChecked: "not checked"
        }
    }
}
