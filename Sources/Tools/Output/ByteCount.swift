import Bytes

/// Numbers of bytes for people.
enum ByteCount {
    static func text(_ size: Int) -> String { MemorySize.human(UInt64(max(0, size))) }
}

/// `1 key`, `2 keys`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}
