import Bytes

/// JSON that a tool prints as it goes.
///
/// Strings of bytes that are UTF-8 become strings; others become an object `{"base64": "…"}`, so
/// that nothing is lost and nothing is ambiguous. Numbers beyond 2^53 are written as they are.
struct JSONText: ~Copyable {
    private var json = JSONWriter()
    private let output: ToolOutput

    init(to output: ToolOutput) { self.output = output }

    // MARK: Structure

    mutating func beginObject(_ name: StaticString? = nil) {
        self.name(name)
        json.beginObject()
    }

    mutating func endObject() {
        json.endObject()
        drain()
    }

    mutating func beginArray(_ name: StaticString? = nil) {
        self.name(name)
        json.beginArray()
    }

    mutating func endArray() {
        json.endArray()
        drain()
    }

    /// Puts what follows on a line of its own.
    mutating func breakLine() { json.text.append("\n") }

    /// Ends the document.
    mutating func finish() {
        breakLine()
        drain()
    }

    private mutating func drain() {
        output.write(json.text.bytes)
        json.text.removeAll()
    }

    // MARK: Values

    mutating func value(_ name: StaticString? = nil, _ number: Int) {
        self.name(name)
        json.integer(number)
    }

    mutating func value(_ name: StaticString? = nil, _ number: UInt64) {
        self.name(name)
        json.integer(number)
    }

    mutating func value(_ name: StaticString? = nil, _ flag: Bool) {
        self.name(name)
        json.flag(flag)
    }

    mutating func value(_ name: StaticString? = nil, _ text: String) {
        self.name(name)
        json.string(text)
    }

    mutating func value(_ name: StaticString? = nil, _ bytes: ByteSlice) {
        self.name(name)
        let isASCII = (0..<bytes.count).allSatisfy { bytes[$0] < 0x80 }
        if isASCII || String(validating: bytes.array, as: UTF8.self) != nil {
            return json.string(bytes)
        }
        var digits = ByteBuffer()
        Base64.append(bytes, to: &digits)
        json.beginObject()
        json.name("base64")
        json.string(digits.bytes)
        json.endObject()
    }

    /// A score in the digits that tell it from every other; JSON has no infinity, so that is a string.
    mutating func value(_ name: StaticString? = nil, _ score: Double) {
        self.name(name)
        if score.isInfinite { return json.string(score < 0 ? "-inf" : "inf") }
        json.number(fewestDigits: score)
    }

    mutating func null(_ name: StaticString? = nil) {
        self.name(name)
        json.null()
    }

    private mutating func name(_ name: StaticString?) {
        if let name { json.name(name) }
    }
}
