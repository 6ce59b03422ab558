import Configuration

/// How large a node of a list becomes: what `list-max-listpack-size` says.
///
/// A list that fits one node is that node alone (`listpack`); a longer one is a `quicklist`.
@frozen
public struct ListLimits: Equatable {
    /// The directive: a count of elements if positive, -1 to -5 for 4 to 64 KiB.
    public let fill: Int
    /// Bytes of a node as a listpack.
    public let sizeMax: Int
    public let countMax: Int

    /// Bytes that a node never exceeds, whatever the count of its elements.
    private static let safeSizeMax = 8192

    public init(fill: Int) {
        self.fill = fill
        if fill < 0 {
            sizeMax = 2048 &<< min(-fill, 5)
            countMax = .max
        } else {
            sizeMax = Self.safeSizeMax
            countMax = max(fill, 1)
        }
    }

    public init(_ settings: EncodingSettings) { self.init(fill: settings.listNodeSize) }

    /// Whether a node of this many bytes and elements is within the limits.
    func allows(size: Int, count: Int) -> Bool { size <= sizeMax && count <= countMax }

    /// Whether an element of this many bytes gets a node of its own.
    func isLarge(_ size: Int) -> Bool { size > sizeMax }

    /// Whether a list that has shrunk to one node becomes a listpack: at half the limits, so that
    /// one that stays near them does not change to and fro. A limit that the directive does not
    /// name does not hold here.
    func allowsAfterShrinking(size: Int, count: Int) -> Bool {
        fill < 0 ? size <= sizeMax / 2 : count <= countMax / 2
    }

    /// Whether a list that was built as a quicklist of one node becomes a listpack.
    func allowsAsListpack(size: Int, count: Int) -> Bool {
        fill < 0 ? size <= sizeMax : count <= countMax
    }
}
