import Bytes

/// What an RDB file says, one statement at a time.
public enum RDBEvent {
    case auxiliary(name: ByteString, value: ByteString)
    case selectDatabase(Int)

    /// How many keys the selected database has, and how many of them have a deadline; a hint.
    case tableSizes(keys: UInt64, expires: UInt64)

    /// The same for one slot of a cluster; a hint.
    case slotSizes(slot: UInt64, keys: UInt64, expires: UInt64)

    /// The source text of a library of functions.
    case functionLibrary(ByteString)

    /// Data of a module that belongs to no key, by the module's name. It has been skipped.
    case moduleAuxiliary(name: String)

    /// A key. Its value is next in the input and has to be consumed before the next event.
    case record(RDBRecord)

    /// The end: everything was read, the footer included.
    case end(RDBChecksum)
}

/// What the footer of a file says about its bytes.
public enum RDBChecksum: Equatable, Sendable {
    case correct

    /// The footer is zero: whoever wrote the file did not compute the checksum.
    case disabled

    /// Versions before 5 have no footer.
    case absent

    /// The reader was told not to look.
    case notChecked
}
