import Commands

/// `CLIENT PAUSE`: until when which commands of all clients wait.
struct ClientPause {
    enum Extent: Int, Comparable {
        case writes, all
        static func < (left: Extent, right: Extent) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var extent = Extent.writes
    /// Unix milliseconds; nothing is paused when it has passed.
    private(set) var until: Int64 = 0

    /// Pauses, or prolongs a pause; a pause of all is not weakened by one of writes.
    mutating func begin(_ extent: Extent, until: Int64, now: Int64) {
        let isActive = self.until > now
        self.extent = isActive ? max(self.extent, extent) : extent
        self.until = isActive ? max(self.until, until) : until
    }

    mutating func end() { until = 0 }

    func isActive(at now: Int64) -> Bool { until > now }

    func holds(_ flags: CommandFlags) -> Bool {
        switch extent {
        case .all: true
        case .writes: flags.contains(.write) || flags.contains(.mayReplicate)
        }
    }
}
