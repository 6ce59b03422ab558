import CPlatform

/// A page of a `PackedTable`: some elements with tags to find them by.
///
/// ```
/// offset 0   header of a `Node`: epoch and size
///        8   number of entries, 16 bits
///       10   room for how many tags, in units of eight, one byte
///       11   width: bytes of an entry's size, 1 or 2
///       12   bytes of the entries, 32 bits
///       16   tags: the low eight bits of the hash, one byte for each
///        …   sizes of the entries, `width` bytes for each
///        …   entries in a row (`TableEntry`), then room
/// ```
///
/// Where an entry is follows from the sum of the sizes before it.
@safe
struct TablePage: Equatable {
    let node: Node

    static let headerSize = 16
    /// A page of more entries is split if it can be.
    static let countMax = 32
    /// A page of more bytes is split if it has at least `splitCountMin` entries.
    static let bytesMax = 4096
    static let splitCountMin = 8
    /// Two pages of so few entries and bytes together are made one.
    static let mergeCountMax = 14
    static let mergeBytesMax = 2048
    private static let roomUnit = 8
    private static let sizeMin = 48

    var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt16.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(of: UInt16(newValue), toByteOffset: 8, as: UInt16.self)
        }
    }

    /// How many tags there is room for.
    private(set) var room: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 10, as: UInt8.self)) &* Self.roomUnit }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt8(newValue / Self.roomUnit), toByteOffset: 10, as: UInt8.self)
        }
    }

    private(set) var width: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 11, as: UInt8.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(of: UInt8(newValue), toByteOffset: 11, as: UInt8.self)
        }
    }

    /// Bytes of the entries.
    private(set) var used: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    private var tags: UnsafeMutableRawPointer { unsafe node.address + Self.headerSize }
    private var sizes: UnsafeMutableRawPointer { unsafe tags + room }
    private var entries: UnsafeMutableRawPointer { unsafe tags + room &* (1 &+ width) }
    private var capacity: Int { node.size &- Self.headerSize &- room &* (1 &+ width) }

    // MARK: Reading

    func size(_ index: Int) -> Int {
        if width == 1 { return unsafe Int(sizes.load(fromByteOffset: index, as: UInt8.self)) }
        return unsafe Int(sizes.load(fromByteOffset: index &* 2, as: UInt16.self))
    }

    func tag(_ index: Int) -> UInt8 { unsafe tags.load(fromByteOffset: index, as: UInt8.self) }

    /// Where an entry begins among the entries.
    func offset(_ index: Int) -> Int {
        let sizes = unsafe sizes
        var sum = 0
        if width == 2 {
            for before in 0..<index {
                sum &+= unsafe Int(sizes.load(fromByteOffset: before &* 2, as: UInt16.self))
            }
            return sum
        }
        // Eight sizes at a time; there is room for whole words.
        var before = 0
        while before &+ 8 <= index {
            sum &+= unsafe Self.sum(sizes.loadUnaligned(fromByteOffset: before, as: UInt64.self))
            before &+= 8
        }
        guard before < index else { return sum }
        let word = unsafe sizes.loadUnaligned(fromByteOffset: before, as: UInt64.self)
        return sum &+ Self.sum(word & ((1 &<< UInt64((index &- before) &* 8)) &- 1))
    }

    /// The sum of eight bytes.
    private static func sum(_ word: UInt64) -> Int {
        let mask: UInt64 = 0x00ff_00ff_00ff_00ff
        let pairs = (word & mask) &+ ((word &>> 8) & mask)
        return Int((pairs &* 0x0001_0001_0001_0001) &>> 48)
    }

    func entry(_ index: Int) -> TableEntry {
        unsafe TableEntry(address: entries + offset(index), size: size(index))
    }

    /// The entry that begins at an offset which the caller has added up.
    func entry(_ index: Int, at offset: Int) -> TableEntry {
        unsafe TableEntry(address: entries + offset, size: size(index))
    }

    func forEach(_ visit: (TableEntry) -> Void) {
        var offset = 0
        for index in 0..<count {
            let entry = entry(index, at: offset)
            offset &+= entry.size
            visit(entry)
        }
    }

    /// The index of the entry of a key.
    func find(_ key: TableKey) -> Int? {
        let tag = UInt8(truncatingIfNeeded: key.hash)
        let count = count
        var base = 0
        while base < count {
            // Bytes behind the tags belong to the page, whose size has a minimum for that.
            var matches = unsafe ls_match_16(tags + base, tag)
            let left = count &- base
            if left < 16 { matches &= (1 &<< UInt32(left)) &- 1 }
            while matches != 0 {
                let index = base &+ matches.trailingZeroBitCount
                let entry = entry(index)
                if unsafe TablePart.isEqual(at: entry.address, to: key.value) { return index }
                matches &= matches &- 1
            }
            base &+= 16
        }
        return nil
    }

    // MARK: Making

    /// An empty page with room for so many entries of so many bytes together.
    static func make(count: Int, bytes: Int, width: Int, epoch: UInt32) -> TablePage {
        let room = (max(count, 1) + roomUnit - 1) / roomUnit * roomUnit
        precondition(room <= 255 * roomUnit, "keys of equal hash are rare")
        let size = SizeClass.size(max(sizeMin, headerSize + room * (1 + width) + bytes))
        let page = TablePage(node: Node.make(size: size, epoch: epoch))
        page.count = 0
        page.room = room
        page.width = width
        page.used = 0
        return page
    }

    /// Bytes of a size for an entry of so many bytes.
    static func width(of size: Int) -> Int { size <= 255 ? 1 : 2 }

    /// A page with the same entries and room for one more of a size.
    func enlarged(by size: Int, epoch: UInt32) -> TablePage {
        let page = TablePage.make(
            count: count + 1, bytes: used + size, width: max(width, Self.width(of: size)),
            epoch: epoch)
        page.take(self)
        return page
    }

    /// A page with the same entries in no more memory than it needs.
    func fitted(epoch: UInt32) -> TablePage {
        var widthNeeded = 1
        for index in 0..<count where size(index) > 255 { widthNeeded = 2 }
        let page = TablePage.make(count: count, bytes: used, width: widthNeeded, epoch: epoch)
        page.take(self)
        return page
    }

    /// Whether `fitted` would give a good part of the memory back.
    var isWasteful: Bool {
        let needed = max(Self.sizeMin, Self.headerSize + count * (1 + width) + used)
        return needed * 3 < node.size * 2 && node.size > 64
    }

    /// Appends the entries of another page; there is room.
    func take(_ other: TablePage) {
        let (start, added) = (count, other.count)
        unsafe ls_copy(tags + start, other.tags, added)
        if width == other.width {
            unsafe ls_copy(sizes + start * width, other.sizes, added * width)
        } else {
            for index in 0..<added { setSize(start + index, other.size(index)) }
        }
        unsafe ls_copy(entries + used, other.entries, other.used)
        count = start + added
        used += other.used
    }

    // MARK: Changing; the page is not shared

    private func setSize(_ index: Int, _ size: Int) {
        if width == 1 {
            unsafe sizes.storeBytes(of: UInt8(size), toByteOffset: index, as: UInt8.self)
        } else {
            unsafe sizes.storeBytes(of: UInt16(size), toByteOffset: index * 2, as: UInt16.self)
        }
    }

    /// Whether one more entry of a size can be appended.
    func hasRoom(for size: Int) -> Bool {
        count < room && used + size <= capacity && width >= Self.width(of: size)
    }

    /// Appends an entry and returns where its bytes are to be written; there is room.
    func append(size: Int, tag: UInt8) -> UnsafeMutableRawPointer {
        let index = count
        unsafe tags.storeBytes(of: tag, toByteOffset: index, as: UInt8.self)
        setSize(index, size)
        let target = unsafe entries + used
        count = index + 1
        used += size
        return unsafe target
    }

    func append(_ entry: TableEntry, tag: UInt8) {
        unsafe ls_copy(append(size: entry.size, tag: tag), entry.address, entry.size)
    }

    /// Whether an entry can be given another size in place.
    func canResize(_ index: Int, to newSize: Int) -> Bool {
        used - size(index) + newSize <= capacity && width >= Self.width(of: newSize)
    }

    /// Gives an entry another size; its first bytes stay as far as it keeps them.
    func resize(_ index: Int, to newSize: Int) {
        let oldSize = size(index)
        guard newSize != oldSize else { return }
        let end = offset(index) + oldSize
        unsafe memmove(entries + (end - oldSize + newSize), entries + end, used - end)
        setSize(index, newSize)
        used += newSize - oldSize
    }

    /// Where the bytes of an entry stand.
    func place(_ index: Int) -> UnsafeMutableRawPointer { unsafe entries + offset(index) }

    func remove(_ index: Int) {
        let removed = size(index)
        let start = offset(index)
        let behind = count - index - 1
        unsafe memmove(
            entries + start, entries + (start + removed), used - start - removed)
        unsafe memmove(tags + index, tags + (index + 1), behind)
        unsafe memmove(
            sizes + index * width, sizes + (index + 1) * width, behind * width)
        count -= 1
        used -= removed
    }

    func checkInvariants() {
        precondition(count <= room)
        precondition(used <= capacity)
        precondition(offset(count) == used)
    }
}
