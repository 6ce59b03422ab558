import Bytes
import Structures

extension Keyspace {
    /// A key whose hash has fields with a deadline, and the index of its database; nothing when no
    /// field of any hash has one.
    public var keyWithFieldDeadlines: (key: ByteString, database: Int)? {
        for index in 0..<databaseCount where self[index].countWithFieldDeadlines > 0 {
            var key: ByteString?
            var cursor = ScanCursor.start
            repeat {
                cursor = unsafe self[index].state.value.fieldDeadlines.scan(from: cursor) {
                    unsafe key = ByteString(Entry(address: $0).key)
                }
            } while key == nil && cursor != .start
            if let key { return (key, index) }
        }
        return nil
    }
}
