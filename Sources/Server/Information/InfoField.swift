import Bytes

/// One line of `INFO`: its name, what it means, and how it is read.
///
/// Declared once, in the tables of this folder; `INFO` and whatever else lists what the server tells
/// about itself derive from them.
struct InfoField: Sendable {
    enum Kind: Sendable {
        /// Goes up and down.
        case gauge
        /// Only goes up, until it is reset or the server starts anew.
        case counter
        /// A word, for people and scripts.
        case text
    }

    let name: StaticString
    let kind: Kind
    /// What it is, in one sentence.
    let summary: StaticString
    private let write: @Sendable (InfoMoment, inout ByteBuffer) -> Void

    init<Value: InfoValue & SendableMetatype>(
        _ name: StaticString, _ kind: Kind, _ summary: StaticString,
        _ value: @escaping @Sendable (InfoMoment) -> Value
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.write = { moment, text in value(moment).append(to: &text) }
    }

    /// A figure of something that this server does not do.
    static func none(
        _ name: StaticString, _ summary: StaticString, _ value: StaticString = "0",
        kind: Kind = .gauge
    ) -> InfoField {
        InfoField(name, kind, summary) { _ in "\(value)" }
    }

    /// Appends `name:value` and the end of the line.
    func append(_ moment: InfoMoment, to text: inout ByteBuffer) {
        text.append(name)
        text.append(UInt8(ascii: ":"))
        write(moment, &text)
        text.append("\r\n")
    }
}

/// What a line of `INFO` can hold.
protocol InfoValue {
    func append(to text: inout ByteBuffer)
}

extension Int: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(decimal: Int64(self)) }
}

extension Int64: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(decimal: self) }
}

extension Int32: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(decimal: Int64(self)) }
}

extension UInt64: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(text: String(self)) }
}

extension Bool: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(self ? "1" : "0") }
}

extension String: InfoValue {
    func append(to text: inout ByteBuffer) { text.append(text: self) }
}

/// A number with so many digits behind the point.
struct FixedDecimal: InfoValue {
    let value: Double
    var places = 2

    /// The share of a part in a whole; of nothing it is 0.
    static func ratio(_ part: UInt64, _ whole: UInt64) -> FixedDecimal {
        FixedDecimal(value: whole == 0 ? 0 : Double(part) / Double(whole))
    }

    var text: String {
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled < 9e18 else { return "inf" }
        let units = Int64(scaled)
        let sign = value < 0 && units > 0 ? "-" : ""
        return "\(sign)\(units / scale).\(padded(Int(units % scale), places))"
    }

    func append(to buffer: inout ByteBuffer) { buffer.append(text: text) }
}

/// A share in percent, with its sign.
struct Percentage: InfoValue {
    let part: UInt64
    let whole: UInt64

    func append(to text: inout ByteBuffer) {
        FixedDecimal(value: whole == 0 ? 0 : Double(part) * 100 / Double(whole)).append(to: &text)
        text.append("%")
    }
}

/// An amount of memory for people.
struct HumanSize: InfoValue {
    let bytes: UInt64

    func append(to text: inout ByteBuffer) { text.append(text: MemorySize.human(bytes)) }
}
