import Bytes

/// What is run: a script, or a function of a library. It stands behind a reference, since each run follows
/// it several times; the cache frees a script, and the library's function a function.
struct Script: ~Copyable {
    enum Kind { case script, function }

    let kind: Kind
    let flags: ScriptFlags
    /// The interpreter's number of it.
    let number: Int32
    /// What error texts call it: of a script, its SHA-1 in forty lower-case digits.
    private let storedName: ByteBuffer
    /// Of a script, what was compiled.
    private let storedBody: ByteBuffer

    init(
        _ kind: Kind, name: ByteSlice, flags: ScriptFlags, number: Int32, body: ByteSlice = .empty
    ) {
        self.kind = kind
        self.flags = flags
        self.number = number
        storedName = Self.copy(name)
        storedBody = Self.copy(body)
    }

    var name: ByteSlice { storedName.bytes }
    var body: ByteSlice { storedBody.bytes }

    private static func copy(_ bytes: ByteSlice) -> ByteBuffer {
        var copy = ByteBuffer(capacity: bytes.count)
        copy.append(bytes)
        return copy
    }
}
