import Configuration

/// How much memory all clients take together, while that is limited.
struct ClientMemory {
    /// Bytes; `max` while there is no limit and nothing is counted.
    private(set) var limit = Int.max
    /// Bytes of the clients that are counted.
    private(set) var total = 0

    var isLimited: Bool { limit != .max }
    var isAboveLimit: Bool { total > limit }

    /// A lower limit would close clients that only ask for it to be raised again.
    private static let limitMin = 128 << 10

    /// Takes over the settings. Returns whether clients are to be counted that were not.
    mutating func apply(_ settings: MemorySettings) -> Bool {
        let wasLimited = isLimited
        switch settings.clientsMax {
        case .bytes(0): limit = .max
        case .bytes(let size): limit = Swift.max(size, Self.limitMin)
        case .percent(let percent):
            let share = Double(settings.max) * Double(percent) / 100
            let isLimit = settings.max > 0 && share < Double(Int.max)
            limit = isLimit ? Swift.max(Int(share), Self.limitMin) : .max
        }
        if !isLimited { total = 0 }
        return isLimited && !wasLimited
    }

    mutating func add(_ change: Int) {
        total += change
        precondition(total >= 0)
    }
}
