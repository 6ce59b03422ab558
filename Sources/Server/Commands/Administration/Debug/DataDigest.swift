import Bytes
import Keyspace

/// What `DEBUG DIGEST` answers: forty digits that are equal when two data sets are, whatever the
/// order of their keys. Redis computes the same, so servers can be compared.
///
/// A digest is twenty bytes, all zero at first. To *add* bytes is to XOR their SHA-1 to it; the
/// order of additions does not matter. To *mix* bytes is to add them and to replace the digest by
/// its own SHA-1; the order matters. Numbers are mixed as 32 bits, most significant first.
///
/// ```
/// key:      mix key, then its value
/// value:    mix type number, then what follows; add "!!expire!!" when there is a deadline
/// string:   mix the text
/// list:     mix each element, in order
/// set:      add each member
/// hash:     add the digest of each field: mix field, mix value; add "!!hexpire!!" when the field has
///           a deadline
/// sorted:   add the digest of each member: mix member, mix score in its fewest digits
/// stream:   for each entry, in order: mix its ID with a dot, mix each field and each value
/// all:      for each database with keys, in order: mix its index, add the digest of each key
/// ```
struct DataDigest {
    private var bytes = [UInt8](repeating: 0, count: SHA1.size)

    var text: String {
        var digits: [UInt8] = []
        for byte in bytes {
            digits.append(Hexadecimal.digit(byte >> 4))
            digits.append(Hexadecimal.digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    static func of(_ keyspace: Keyspace) -> DataDigest {
        var digest = DataDigest()
        for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
            digest.mix(UInt32(index))
            keyspace[index].forEach { entry in
                var part = DataDigest()
                part.mix(entry.key)
                part.mixValue(of: entry)
                digest.add(part)
            }
        }
        return digest
    }

    /// Mixes the value of a key, without the key.
    mutating func mixValue(of entry: Entry) {
        mix(UInt32(entry.type.digestNumber))
        switch entry.type {
        case .string: mix(entry.string)
        case .list: mixList(entry)
        case .set: addMembers(of: entry)
        case .sortedSet: addScored(of: entry)
        case .hash: addFields(of: entry)
        case .stream: mixStream(entry)
        }
        if entry.hasDeadline { add(ByteSlice("!!expire!!")) }
    }

    // MARK: Values

    private mutating func mixList(_ entry: Entry) {
        ListView(entry.value).visit(from: 0) { element in
            mix(element)
            return true
        }
    }

    private mutating func addMembers(of entry: Entry) {
        SetContents(entry.value).forEach { member in
            var text = ByteBuffer()
            member.append(to: &text)
            add(text.bytes)
        }
    }

    private mutating func addScored(of entry: Entry) {
        SortedSet(entry).forEach { member, score in
            var part = DataDigest()
            part.mix(member)
            var text = ByteBuffer()
            text.append(fewestDigits: score)
            part.mix(text.bytes)
            add(part)
        }
    }

    private mutating func addFields(of entry: Entry) {
        HashView(entry.value).forEach { field in
            var part = DataDigest()
            part.mix(field.field)
            part.mix(field.value)
            if field.deadline != nil { part.add(ByteSlice("!!hexpire!!")) }
            add(part)
        }
    }

    private mutating func mixStream(_ entry: Entry) {
        var entries = StreamIterator(Stream(entry.value))
        while entries.next() {
            var text = ByteBuffer()
            text.append(text: "\(entries.id.milliseconds).\(entries.id.sequence)")
            mix(text.bytes)
            for _ in 0..<entries.fieldCount {
                let (field, value) = entries.nextField()
                mix(field)
                mix(value)
            }
        }
    }

    // MARK: Steps

    private mutating func add(_ other: DataDigest) {
        other.bytes.withSlice { add($0) }
    }

    private mutating func mix(_ value: StringValue) {
        var text = ByteBuffer()
        value.append(to: &text)
        mix(text.bytes)
    }

    private mutating func add(_ slice: ByteSlice) {
        let hash = SHA1.of(slice)
        for index in bytes.indices { bytes[index] ^= hash[index] }
    }

    private mutating func mix(_ slice: ByteSlice) {
        add(slice)
        let hash = bytes.withSlice { SHA1.of($0) }
        for index in bytes.indices { bytes[index] = hash[index] }
    }

    private mutating func mix(_ number: UInt32) {
        var text = ByteBuffer(capacity: 4)
        text.append(bigEndian: number)
        mix(text.bytes)
    }
}

extension ValueType {
    /// The number by which the digest knows a type.
    fileprivate var digestNumber: Int {
        switch self {
        case .string: 0
        case .list: 1
        case .set: 2
        case .sortedSet: 3
        case .hash: 4
        case .stream: 6
        }
    }
}
