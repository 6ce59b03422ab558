import Bytes
import Keyspace

/// The option of `SET` and `DELEX` that asks about the string that is there: `IFEQ` and `IFNE` for
/// its bytes, `IFDEQ` and `IFDNE` for its digest, with what it is compared with behind the word.
struct ValueCondition: Equatable {
    let comparesDigest: Bool
    let wantsEqual: Bool
    /// Where the value or the digest stands among the arguments.
    let index: Int

    /// - Parameter index: of the word among the arguments, which another has to follow.
    init?(_ arguments: Slices, at index: Int) {
        let word = arguments[index]
        if word.isWord("ifeq") {
            (comparesDigest, wantsEqual) = (false, true)
        } else if word.isWord("ifne") {
            (comparesDigest, wantsEqual) = (false, false)
        } else if word.isWord("ifdeq") {
            (comparesDigest, wantsEqual) = (true, true)
        } else if word.isWord("ifdne") {
            (comparesDigest, wantsEqual) = (true, false)
        } else {
            return nil
        }
        guard index + 1 < arguments.count else { return nil }
        self.index = index + 1
    }

    /// Whether the condition holds for a string; one that is missing is equal to nothing.
    func holds(for value: StringValue?, _ arguments: Slices) throws(CommandError) -> Bool {
        guard let value else { return !wantsEqual }
        let wanted = arguments[index]
        guard comparesDigest else { return value.isText(wanted) == wantsEqual }
        guard wanted.count == XXH3.digitCount else {
            throw .text("ERR The digest must be exactly 16 hexadecimal characters")
        }
        var digest = ByteBuffer(capacity: XXH3.digitCount)
        value.appendDigest(to: &digest)
        return digest.bytes.isWord(wanted) == wantsEqual
    }
}

extension StringValue {
    /// Whether the value's text is these bytes, which need not be its canonical form.
    func isText(_ bytes: ByteSlice) -> Bool {
        switch self {
        case .bytes(let stored): stored == bytes
        case .integer(let integer): bytes.integer == integer
        }
    }

    /// Appends the hexadecimal digits of the digest of the value's text.
    func appendDigest(to buffer: inout ByteBuffer) {
        switch self {
        case .bytes(let bytes): XXH3.appendHex(of: bytes, to: &buffer)
        case .integer(let integer):
            var digits = ByteBuffer(capacity: Decimal.countMax)
            digits.append(decimal: integer)
            XXH3.appendHex(of: digits.bytes, to: &buffer)
        }
    }
}
