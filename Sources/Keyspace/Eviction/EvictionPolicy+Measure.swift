import Configuration

/// What makes one key a better victim than another.
public enum EvictionMeasure: Sendable {
    /// The time since its last use or change, whichever the clock notes.
    case idleTime
    /// How seldom it is used.
    case frequency
    /// How soon its deadline is.
    case deadline
    /// Nothing: any key does.
    case chance
}

extension EvictionPolicy {
    /// Whether keys may go at all.
    public var evicts: Bool { self != .noeviction }

    /// Whether only keys that have a deadline may go.
    public var wantsDeadline: Bool {
        switch self {
        case .volatileLRU, .volatileLFU, .volatileRandom, .volatileTTL, .volatileLRM: true
        case .allkeysLRU, .allkeysLFU, .allkeysRandom, .allkeysLRM, .noeviction: false
        }
    }

    public var measure: EvictionMeasure {
        switch self {
        case .volatileLRU, .allkeysLRU, .volatileLRM, .allkeysLRM: .idleTime
        case .volatileLFU, .allkeysLFU: .frequency
        case .volatileTTL: .deadline
        case .volatileRandom, .allkeysRandom, .noeviction: .chance
        }
    }

    /// What entries are to note of their use.
    public var clockSubject: EvictionClock.Subject {
        switch self {
        case .volatileLFU, .allkeysLFU: .frequency
        case .volatileLRM, .allkeysLRM: .lastChange
        default: .lastUse
        }
    }
}
