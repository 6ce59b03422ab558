import Bytes

/// Who caches, and what they are to be told of.
struct TrackingState {
    var table = TrackingTable()
    var broadcasts = BroadcastTable()
    /// How many clients are in tracking mode.
    var clientCount = 0
    /// What the client whose command runs is to be told behind its reply: keys, or nothing for all.
    var pending: [ByteString?] = []

    func checkInvariants() {
        table.checkInvariants()
        broadcasts.checkInvariants()
        precondition(clientCount >= 0)
        precondition(pending.isEmpty)
    }
}
