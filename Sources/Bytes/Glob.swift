/// Redis's pattern match, the one behind `KEYS`, `SCAN MATCH`, `PSUBSCRIBE` and `CONFIG GET`.
///
/// | Pattern | Matches |
/// |---|---|
/// | `*` | any run of bytes, also none |
/// | `?` | one byte |
/// | `[abx-z]` | one byte of the set; a range may be written backwards |
/// | `[^abx-z]` | one byte outside the set |
/// | `\c` | the byte `c`, also inside a set; a backslash at the end stands for itself |
///
/// A set that is not closed ends with the pattern, an empty set matches nothing, and the empty
/// text is matched by the empty pattern alone (`KEYS` and `SCAN` do not ask when the pattern is a
/// single star, and so list the empty key). The work is bounded by the product of the lengths:
/// whatever follows a star is one byte wide per element, so after a mismatch only the last star
/// has to take one byte more.
public enum Glob {
    /// Whether the whole text matches the pattern.
    ///
    /// - Parameter ignoringCase: compare ASCII letters without regard to case.
    public static func matches(
        _ text: ByteSlice, _ pattern: ByteSlice, ignoringCase: Bool = false
    ) -> Bool {
        guard !text.isEmpty else { return pattern.isEmpty }
        var at = 0
        var element = 0
        var retry: (at: Int, element: Int)?
        while at < text.count {
            if element < pattern.count, pattern[element] == star {
                while element < pattern.count, pattern[element] == star { element += 1 }
                if element == pattern.count { return true }
                retry = (at, element)
                continue
            }
            if element < pattern.count {
                let (isMatch, next) = step(pattern, element, text[at], ignoringCase)
                if isMatch {
                    at += 1
                    element = next
                    continue
                }
            }
            guard let last = retry else { return false }
            at = last.at + 1
            element = last.element
            retry = (at, element)
        }
        while element < pattern.count, pattern[element] == star { element += 1 }
        return element == pattern.count
    }

    private static let star = UInt8(ascii: "*")

    /// Compares one byte with the element at `index`, which is not a star. Also returns where the
    /// next element begins.
    @inline(__always)
    private static func step(
        _ pattern: ByteSlice, _ index: Int, _ byte: UInt8, _ ignoringCase: Bool
    ) -> (isMatch: Bool, next: Int) {
        switch pattern[index] {
        case UInt8(ascii: "?"):
            return (true, index + 1)
        case UInt8(ascii: "["):
            return stepSet(pattern, index + 1, byte, ignoringCase)
        case UInt8(ascii: "\\") where index + 1 < pattern.count:
            return (equal(pattern[index + 1], byte, ignoringCase), index + 2)
        case let literal:
            return (equal(literal, byte, ignoringCase), index + 1)
        }
    }

    /// Compares one byte with the set whose contents begin at `start`, behind the bracket.
    private static func stepSet(
        _ pattern: ByteSlice, _ start: Int, _ byte: UInt8, _ ignoringCase: Bool
    ) -> (isMatch: Bool, next: Int) {
        var index = start
        let isNegated = index < pattern.count && pattern[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        var isMember = false
        while index < pattern.count {
            let member = pattern[index]
            let left = pattern.count - index
            if member == UInt8(ascii: "\\"), left >= 2 {
                isMember = isMember || pattern[index + 1] == byte
                index += 2
            } else if member == UInt8(ascii: "]") {
                return (isMember != isNegated, index + 1)
            } else if left >= 3, pattern[index + 1] == UInt8(ascii: "-") {
                isMember =
                    isMember || contains(member, pattern[index + 2], byte, ignoringCase)
                index += 3
            } else {
                isMember = isMember || equal(member, byte, ignoringCase)
                index += 1
            }
        }
        return (isMember != isNegated, index)
    }

    private static func contains(
        _ first: UInt8, _ last: UInt8, _ byte: UInt8, _ ignoringCase: Bool
    ) -> Bool {
        // The bounds are put in order before case is dropped, as Redis does it.
        let low = ignoringCase ? min(first, last).asciiLowercased : min(first, last)
        let high = ignoringCase ? max(first, last).asciiLowercased : max(first, last)
        let value = ignoringCase ? byte.asciiLowercased : byte
        return low <= value && value <= high
    }

    @inline(__always)
    private static func equal(_ left: UInt8, _ right: UInt8, _ ignoringCase: Bool) -> Bool {
        ignoringCase ? left.asciiLowercased == right.asciiLowercased : left == right
    }
}
