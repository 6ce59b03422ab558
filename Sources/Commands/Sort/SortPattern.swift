import Bytes
import Keyspace

/// A pattern of `BY` or `GET`: names a key, or a field of one, once an element has taken the place
/// of its star.
///
/// ```
/// #                the element itself
/// weight:*         the string at a key
/// user:*->name     the field `name` of the hash at a key
/// ```
struct SortPattern {
    /// Whether the element itself is meant.
    let isElement: Bool
    private let beforeStar: ByteSlice
    private let afterStar: ByteSlice
    private let field: ByteSlice?
    let hasStar: Bool

    init(_ pattern: ByteSlice) {
        isElement = pattern.untilZero == "#"
        // As in C, what a zero byte hides is not looked at, but belongs to the name.
        guard let star = pattern.untilZero.firstIndex(of: UInt8(ascii: "*")) else {
            (hasStar, beforeStar, afterStar, field) = (false, pattern, .empty, nil)
            return
        }
        hasStar = true
        beforeStar = pattern[..<star]
        let rest = pattern[(star + 1)...]
        guard let arrow = Self.arrow(in: rest.untilZero) else {
            (afterStar, field) = (rest, nil)
            return
        }
        afterStar = rest[..<arrow]
        field = rest[(arrow + 2)...]
    }

    /// Where the first arrow begins, if something follows it.
    private static func arrow(in text: ByteSlice) -> Int? {
        for index in 0..<max(0, text.count - 1)
        where text[index] == UInt8(ascii: "-") && text[index + 1] == UInt8(ascii: ">") {
            return index + 2 < text.count ? index : nil
        }
        return nil
    }

    /// What the pattern leads to for an element, lent until the keyspace changes or `name` does;
    /// nothing when there is no such string or field.
    ///
    /// - Parameter name: room for the key's name; its contents are dropped.
    func value(
        for element: StringValue, in database: Database, using name: inout ByteBuffer
    ) -> StringValue? {
        if isElement { return element }
        guard hasStar else { return nil }
        name.removeAll()
        name.append(beforeStar)
        element.append(to: &name)
        name.append(afterStar)
        guard let entry = database.entry(of: Key(name.bytes)) else { return nil }
        guard let field else { return entry.type == .string ? entry.string : nil }
        guard entry.type == .hash else { return nil }
        return HashView(entry.value, at: database.shared.value.now).find(field)?.value
    }
}
