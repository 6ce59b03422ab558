import Bytes
import CPlatform

/// The table of a large hash or set: extendible hashing over pages of packed elements.
///
/// An element costs its bytes, a tag, a size, a length byte for each part, and its share of a page
/// header and of the directory; none has an allocation of its own, but strings over a kilobyte.
///
/// The top bits of the hash choose the page. They do it in two levels, so that no step has to copy
/// more than some ten thousand pointers: the top level leads to *segments* of up to 1024 pointers,
/// and a segment to pages. Each level is a directory of its own: several neighbouring places may
/// hold the same segment or page, which then has a smaller *local depth* than its directory could
/// tell apart. A full page is split in two, a full segment as well; sparse neighbours are merged.
///
/// ```
/// own part of the root, which begins behind the header of a `VersionedRoot`:
/// offset 0   number of elements, 64 bits
///        8   bytes of all nodes but the root, 64 bits
///       16   the only segment's reference, or the address of the top level, 64 bits
///       24   number of strings outside of pages, 64 bits
///       32   depth of the top level, 8 bits
///       33   the deepest that a page can be as the directories are, 8 bits
///       34   the largest number of entries that a page ever had if over 32, 16 bits
///       40   four words of the owner's
/// top level and segment: header of a `Node`, then references of 64 bits: address in 48 bits; depth
///   of a segment's own directory in 8 bits; local depth, counted in bits of the whole hash, in 8
/// ```
///
/// Handles are copied freely; the owner frees the table once. A frozen copy (`pin`) is read with the
/// same functions, on any one thread. Strings handed in must stand outside of the table.
@safe
public struct PackedTable: Equatable {
    public let root: VersionedRoot

    public init(root: VersionedRoot) { self.root = root }

    /// No page is deeper; `scan` counts in steps of the hash's prefixes of this length.
    static let depthMax = 40
    /// A segment of a larger depth is split.
    static let segmentDepthMax = 10
    static let noteCount = 4
    static let contentSize = 40 + 8 * noteCount

    /// An empty table.
    public static func make() -> PackedTable {
        let table = PackedTable(root: VersionedRoot.make(size: contentSize))
        table.fullest = TablePage.countMax
        let page = TablePage.make(count: 1, bytes: 0, width: 1, epoch: table.root.epoch)
        let segment = table.makeDirectory(count: 1)
        unsafe segment.places[0] = DirectoryWord(page: page, localDepth: 0)
        table.directory = DirectoryWord(segment: segment, depth: 0, localDepth: 0)
        table.nodesSize += page.node.memoryUsage
        return table
    }

    // MARK: The root

    /// Number of elements.
    public internal(set) var count: Int {
        get { unsafe root.content.load(as: Int.self) }
        nonmutating set { unsafe root.content.storeBytes(of: newValue, as: Int.self) }
    }

    var nodesSize: Int {
        get { unsafe root.content.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set {
            unsafe root.content.storeBytes(of: newValue, toByteOffset: 8, as: Int.self)
        }
    }

    /// The only segment, or the top level when its depth is not 0.
    var directory: DirectoryWord {
        get {
            DirectoryWord(bits: unsafe root.content.load(fromByteOffset: 16, as: UInt64.self))
        }
        nonmutating set {
            unsafe root.content.storeBytes(of: newValue.bits, toByteOffset: 16, as: UInt64.self)
        }
    }

    var outsideCount: Int {
        get { unsafe root.content.load(fromByteOffset: 24, as: Int.self) }
        nonmutating set {
            unsafe root.content.storeBytes(of: newValue, toByteOffset: 24, as: Int.self)
        }
    }

    var topDepth: Int {
        get { unsafe Int(root.content.load(fromByteOffset: 32, as: UInt8.self)) }
        nonmutating set {
            unsafe root.content.storeBytes(
                of: UInt8(newValue), toByteOffset: 32, as: UInt8.self)
        }
    }

    var deepest: Int {
        get { unsafe Int(root.content.load(fromByteOffset: 33, as: UInt8.self)) }
        nonmutating set {
            unsafe root.content.storeBytes(
                of: UInt8(newValue), toByteOffset: 33, as: UInt8.self)
        }
    }

    var fullest: Int {
        get { unsafe Int(root.content.load(fromByteOffset: 34, as: UInt16.self)) }
        nonmutating set {
            unsafe root.content.storeBytes(
                of: UInt16(newValue), toByteOffset: 34, as: UInt16.self)
        }
    }

    /// One of four numbers that the owner keeps with the table, 0 in the beginning. A copy and a
    /// frozen copy have them, too.
    public subscript(note index: Int) -> Int64 {
        get {
            precondition(index >= 0)
            precondition(index < Self.noteCount)
            return unsafe root.content.load(fromByteOffset: 40 + 8 * index, as: Int64.self)
        }
        nonmutating set {
            precondition(index >= 0)
            precondition(index < Self.noteCount)
            unsafe root.content.storeBytes(
                of: newValue, toByteOffset: 40 + 8 * index, as: Int64.self)
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// Bytes that the allocator spends on it.
    public var memoryUsage: Int { root.node.memoryUsage + nodesSize }

    // MARK: Versions

    /// A frozen copy: the table as it is now, until `unpin`.
    public func pin() -> PackedTable { PackedTable(root: root.pin()) }

    /// Gives a frozen copy back.
    public func unpin() { root.unpin(freeNodes: Self.freeNodes) }

    /// Frees the table, or leaves it to its frozen copies.
    public func free() { root.free(freeNodes: Self.freeNodes) }

    /// Frees what a live root leads to.
    public static func freeNodes(of root: VersionedRoot) { PackedTable(root: root).freeNodes() }

    private func freeNodes() {
        forEachSegment { segment in
            forEachPage(of: segment) { page, _ in
                if outsideCount > 0 { page.forEach { $0.forEachOutside { $0.node.free() } } }
                page.node.free()
            }
            segment.node.free()
        }
        if topDepth > 0 { directory.node.free() }
    }

    // MARK: Levels

    func makeDirectory(count: Int) -> Directory {
        let directory = Directory(
            node: Node.make(size: Node.headerSize + count * 8, epoch: root.epoch))
        nodesSize += directory.node.memoryUsage
        return directory
    }

    /// Visits each segment once, in the order of hashes.
    func forEachSegment(_ visit: (DirectoryWord) -> Void) {
        guard topDepth > 0 else { return visit(directory) }
        let top = directory.directory
        var index = 0
        while index < 1 << topDepth {
            let segment = unsafe top.places[index]
            visit(segment)
            index += 1 << (topDepth - segment.localDepth)
        }
    }

    /// Visits each page of a segment once, in the order of hashes, with the index of its first place.
    func forEachPage(of segment: DirectoryWord, _ visit: (TablePage, Int) -> Void) {
        let places = segment.directory
        var index = 0
        while index < 1 << segment.depth {
            let word = unsafe places.places[index]
            visit(word.page, index)
            index += 1 << (segment.depth - (word.localDepth - segment.localDepth))
        }
    }
}

/// A node of references.
@safe
struct Directory {
    let node: Node

    var places: UnsafeMutablePointer<DirectoryWord> {
        unsafe (node.address + Node.headerSize).assumingMemoryBound(to: DirectoryWord.self)
    }
}

/// A reference to a segment or a page with what must be known before it is read.
struct DirectoryWord: Equatable {
    var bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(page: TablePage, localDepth: Int) {
        bits = Self.bits(page.node) | UInt64(localDepth) << 56
    }

    init(segment: Directory, depth: Int, localDepth: Int) {
        bits = Self.bits(segment.node) | UInt64(depth) << 48 | UInt64(localDepth) << 56
    }

    init(top: Directory) { bits = Self.bits(top.node) }

    private static func bits(_ node: Node) -> UInt64 {
        let address = unsafe UInt64(UInt(bitPattern: node.address))
        precondition(address >> 48 == 0)
        return address
    }

    var node: Node {
        let address = UInt(bits & 0x0000_ffff_ffff_ffff)
        return unsafe Node(
            address: UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped)
    }

    var page: TablePage { TablePage(node: node) }
    var directory: Directory { Directory(node: node) }
    var depth: Int { Int(truncatingIfNeeded: (bits &>> 48) & 0xff) }
    var localDepth: Int { Int(truncatingIfNeeded: bits &>> 56) }
}
