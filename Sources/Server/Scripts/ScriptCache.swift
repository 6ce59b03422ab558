import Bytes

/// A script that was compiled.
final class CachedScript {
    /// Its SHA-1, in forty lower-case digits: what EVALSHA and error texts call it.
    let name: ByteString
    let flags: ScriptFlags
    let body: ByteString
    /// The interpreter's number of it.
    let number: Int32

    init(name: ByteString, flags: ScriptFlags, body: ByteString, number: Int32) {
        self.name = name
        self.flags = flags
        self.body = body
        self.number = number
    }
}

/// The scripts that were compiled, by their names and by their bodies.
struct ScriptCache {
    private var byName: [ScriptName: CachedScript] = [:]
    /// By a hash of the body, which is compared: cheaper than the name of a body. Of two bodies with
    /// one hash, the later one is found by its name only.
    private var byBody: [UInt64: CachedScript] = [:]
    /// Bytes of the bodies.
    private(set) var bodySize = 0

    var count: Int { byName.count }

    /// Bytes for what is kept besides the interpreter.
    var memoryUsage: Int {
        bodySize + count * (MemoryLayout<ScriptName>.stride + 2 * MemoryLayout<Int>.stride + 160)
    }

    func find(name: ByteSlice) -> CachedScript? {
        ScriptName(digits: name).flatMap { byName[$0] }
    }

    func find(body: ByteSlice) -> CachedScript? {
        guard let script = byBody[XXH3.hash(body)],
            script.body.withSlice({ $0 == body })
        else { return nil }
        return script
    }

    mutating func insert(_ script: CachedScript) {
        guard let name = script.name.withSlice({ ScriptName(digits: $0) }) else {
            preconditionFailure("the name of a script is its SHA-1")
        }
        byName[name] = script
        byBody[script.body.withSlice { XXH3.hash($0) }] = script
        bodySize += script.body.count
    }
}

/// The SHA-1 of a script's body.
private struct ScriptName: Hashable {
    private var words = (UInt64(0), UInt64(0), UInt32(0))

    /// - Returns: nothing unless there are forty hexadecimal digits, in either case.
    init?(digits: ByteSlice) {
        guard digits.count == 2 * SHA1.size else { return nil }
        for index in 0..<digits.count {
            guard let digit = digits[index].hexadecimalDigit else { return nil }
            switch index {
            case 0..<16: words.0 = words.0 << 4 | UInt64(digit)
            case 16..<32: words.1 = words.1 << 4 | UInt64(digit)
            default: words.2 = words.2 << 4 | UInt32(digit)
            }
        }
    }

    static func == (left: ScriptName, right: ScriptName) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
