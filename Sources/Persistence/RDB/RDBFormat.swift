/// The numbers of the RDB file format.
///
/// A file is `REDIS` and four digits of a version; AUX fields; per database an opcode 254, its
/// number, an opcode 251, two table sizes, and its keys; an opcode 255; and since version 5 eight
/// bytes of CRC-64, least significant first, zero when the checksum is switched off. A key is an
/// optional deadline, an optional idle time or frequency, the byte of its value type, the key and
/// the value. The smallest file of version 10, without a checksum, is
///
///     52 45 44 49 53 30 30 31 30 ff 00 00 00 00 00 00 00 00
///
/// Input that deviates is refused with the place; a file of a later version is refused by its
/// number, an unknown type by its own. Nothing is skipped because it is unknown.
public enum RDBFormat {
    public static let magicSize = 9
    public static let footerSize = 8

    /// Redis's versions that can be read. Version 13 added types that nobody here knows.
    public static let readableVersions = 1...12

    /// Valkey's first version of its own, whose head is `VALKEY080`. Types up to 21 are those of
    /// version 11; type 22 is another than Redis's, and refused.
    public static let valkeyVersion = 80

    /// The last type that Valkey and Redis share.
    static let sharedTypeMax: UInt8 = 21

    /// The version that Redis 7.2 writes, and Ledgerstone unless it is told otherwise.
    public static let currentVersion = 11

    /// The version that Redis 7.0 reads and writes.
    public static let versionOfRedis70 = 10

    /// The first version that holds deadlines of the fields of hashes.
    public static let versionWithFieldDeadlines = 12

    /// The first version that ends with a checksum.
    static let versionWithChecksum = 5
}

extension RDBFormat {
    /// The bytes in the place of a value type that announce something else than a key.
    public enum Opcode {
        public static let slotInfo: UInt8 = 244
        static let functionLibrary: UInt8 = 245
        static let functionPreRelease: UInt8 = 246
        static let moduleAuxiliary: UInt8 = 247
        static let idleSeconds: UInt8 = 248
        static let frequency: UInt8 = 249
        static let auxiliary: UInt8 = 250
        static let tableSizes: UInt8 = 251
        static let expiryMilliseconds: UInt8 = 252
        static let expirySeconds: UInt8 = 253
        static let selectDatabase: UInt8 = 254
        public static let endOfFile: UInt8 = 255
    }

    /// The bytes that precede each part of a module's value.
    enum ModuleOpcode {
        static let end: UInt64 = 0
        static let signedInteger: UInt64 = 1
        static let unsignedInteger: UInt64 = 2
        static let float: UInt64 = 3
        static let double: UInt64 = 4
        static let string: UInt64 = 5
    }
}

extension RDBFormat {
    /// Whether values of a version can be read, in a file or in a payload.
    public static func isReadable(_ version: Int) -> Bool {
        readableVersions.contains(version) || version == valkeyVersion
    }

    /// The type of a value in a file or payload of a version, if it is known there.
    static func type(_ byte: UInt8, in version: Int) -> RDBType? {
        guard version != valkeyVersion || byte <= sharedTypeMax else { return nil }
        return RDBType(rawValue: byte)
    }
}
