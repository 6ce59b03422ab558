import Bytes

/// A number within a row of bits: `i` and `u` with a width in the words of `BITFIELD`.
struct BitFieldType: Equatable {
    let isSigned: Bool
    /// Bits, up to 64 with a sign and up to 63 without.
    let width: Int

    init(_ word: ByteSlice) throws(CommandError) {
        let letter = word.first
        isSigned = letter == UInt8(ascii: "i")
        guard isSigned || letter == UInt8(ascii: "u"), let width = word[1...].integer,
            (1...(isSigned ? 64 : 63)).contains(width)
        else {
            throw .text(
                """
                ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not \
                supported but i64 is.
                """)
        }
        self.width = Int(width)
    }

    var least: Int64 { isSigned ? -1 << Int64(width - 1) : 0 }
    var greatest: Int64 { ~(-1 << Int64(isSigned ? width - 1 : width)) }

    /// The number that bits stand for.
    func value(ofBits bits: UInt64) -> Int64 {
        let unused = Int64(64 - width)
        guard isSigned else { return Int64(bitPattern: bits) }
        return (Int64(bitPattern: bits) << unused) >> unused
    }

    /// What is stored for a sum that may be beyond the type, nothing when it is refused.
    ///
    /// - Parameter value: of the type, or a number that is to replace it with an increment of 0.
    func sum(of value: Int64, and increment: Int64, _ overflow: BitFieldOverflow) -> Int64? {
        let (sum, overflowed) = value.addingReportingOverflow(increment)
        let isAbove: Bool
        if overflowed {
            isAbove = increment > 0
        } else if !isSigned, value < 0 {
            // What is stored without a sign is taken for a number beyond all that fit.
            isAbove = true
        } else if least <= sum, sum <= greatest {
            return sum
        } else {
            // The least numbers of 64 bits are as far away as from above: so Redis sees them.
            isAbove = sum > greatest || greatest &- value < increment
        }
        switch overflow {
        case .wrap: return self.value(ofBits: UInt64(bitPattern: sum) & mask)
        case .saturate: return isAbove ? greatest : least
        case .fail: return nil
        }
    }

    private var mask: UInt64 { .max >> UInt64(64 - width) }
}

/// What becomes of a number that does not fit: the words behind `OVERFLOW`.
enum BitFieldOverflow: Equatable {
    case wrap, saturate, fail

    init(_ word: ByteSlice) throws(CommandError) {
        if word.isWord("wrap") {
            self = .wrap
        } else if word.isWord("sat") {
            self = .saturate
        } else if word.isWord("fail") {
            self = .fail
        } else {
            throw .text("ERR Invalid OVERFLOW type specified")
        }
    }
}

/// One step of `BITFIELD`.
struct BitFieldOperation: Equatable {
    enum Kind: Equatable { case get, set, increment }

    let kind: Kind
    let type: BitFieldType
    /// Of the first bit.
    let offset: Int
    /// What is stored or added; 0 when the field is only read.
    let value: Int64
    let overflow: BitFieldOverflow

    /// Bytes that the string has to have for the step.
    var countNeeded: Int { (offset + type.width - 1) >> 3 + 1 }
}

/// Reads the steps of `BITFIELD key …` one by one; nothing is stored, so a request is read once to
/// see that it is right and once more to be done.
struct BitFieldReader {
    private let arguments: Slices
    private var index = 2
    private var overflow = BitFieldOverflow.wrap

    init(_ arguments: Slices) { self.arguments = arguments }

    mutating func next(
        _ execution: borrowing Execution
    ) throws(CommandError) -> BitFieldOperation? {
        while index < arguments.count {
            let word = arguments[index]
            let left = arguments.count - index - 1
            if word.isWord("overflow"), left >= 1 {
                overflow = try BitFieldOverflow(arguments[index + 1])
                index += 2
            } else if word.isWord("get"), left >= 2 {
                return try operation(.get, execution)
            } else if word.isWord("set"), left >= 3 {
                return try operation(.set, execution)
            } else if word.isWord("incrby"), left >= 3 {
                return try operation(.increment, execution)
            } else {
                throw .syntax
            }
        }
        return nil
    }

    private mutating func operation(
        _ kind: BitFieldOperation.Kind, _ execution: borrowing Execution
    ) throws(CommandError) -> BitFieldOperation {
        let type = try BitFieldType(arguments[index + 1])
        let offset = try execution.bitOffset(arguments[index + 2], width: type.width)
        let value = kind == .get ? 0 : try arguments.integer(index + 3)
        index += kind == .get ? 3 : 4
        return BitFieldOperation(
            kind: kind, type: type, offset: offset, value: value, overflow: overflow)
    }
}
