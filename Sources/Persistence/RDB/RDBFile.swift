import Bytes

/// An RDB file looked at from outside: whether it is intact, how long it is and what it says of
/// itself.
public enum RDBFile {
    /// What a walk over a whole file found.
    public struct Summary: Equatable, Sendable {
        public var version = 0

        /// Bytes from the magic through the footer; what follows is not part of the file.
        public var size = 0
        public var checksum = RDBChecksum.absent

        /// The AUX fields in the order of the file.
        public var auxiliary: [Auxiliary] = []
        public var keys = 0

        /// Keys that have a deadline, and those of them whose deadline is past.
        public var expires = 0
        public var expired = 0

        /// Keys of a type that only a module can read.
        public var moduleKeys = 0
        public var functionLibraries = 0
        public var databaseMax = 0

        /// The value of an AUX field, the last one if there are several.
        public func auxiliary(_ name: String) -> ByteString? {
            auxiliary.last { $0.name == ByteString(name) }?.value
        }
    }

    public struct Auxiliary: Equatable, Sendable {
        public var name: ByteString
        public var value: ByteString
    }

    /// Walks over the file that begins at the first byte.
    ///
    /// - Parameters:
    ///   - now: wall clock, milliseconds; only counts what is expired.
    ///   - isVerifying: whether a wrong checksum is an error.
    public static func examine(
        _ bytes: ByteSlice, depth: ValueWalker.Depth, now: Int64 = 0,
        verifyingChecksum isVerifying: Bool = true
    ) throws(RDBError) -> Summary {
        var reader = RDBReader(bytes, verifyingChecksum: isVerifying)
        var walker = ValueWalker(depth: depth)
        var summary = Summary()
        while true {
            switch try reader.next() {
            case .auxiliary(let name, let value):
                summary.auxiliary.append(Auxiliary(name: name, value: value))
            case .selectDatabase(let number):
                summary.databaseMax = max(summary.databaseMax, number)
            case .functionLibrary: summary.functionLibraries += 1
            case .tableSizes, .slotSizes, .moduleAuxiliary: break
            case .record(let record):
                summary.keys += 1
                if record.type == .moduleValue { summary.moduleKeys += 1 }
                if let deadline = record.deadline {
                    summary.expires += 1
                    if deadline < now { summary.expired += 1 }
                }
                try reader.skipValue(of: record, with: &walker)
            case .end(let checksum):
                summary.version = reader.version
                summary.checksum = checksum
                summary.size = reader.offset
                return summary
            }
        }
    }
}

extension RDBReader {
    /// Consumes the value of the record that `next` has just returned.
    ///
    /// What fails names the key and the type.
    public mutating func skipValue(
        of record: RDBRecord, with walker: inout ValueWalker
    ) throws(RDBError) {
        do throws(RDBError) {
            try walker.walk(record.type, in: &input)
        } catch {
            throw error.about(record)
        }
    }
}

extension RDBError {
    /// The same failure with the key and the type whose value was being read.
    func about(_ record: RDBRecord) -> RDBError {
        var failure = self
        var scratch = ByteBuffer()
        failure.key = record.key.bytes(using: &scratch).map { ByteString($0) }
        failure.type = record.type.rawValue
        return failure
    }
}
