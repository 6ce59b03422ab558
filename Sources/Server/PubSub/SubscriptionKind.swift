import Bytes

/// What a client can subscribe to, and the words that tell it of that.
enum SubscriptionKind: Int, CaseIterable {
    case channel, pattern, shardChannel

    var subscribed: StaticString {
        switch self {
        case .channel: "subscribe"
        case .pattern: "psubscribe"
        case .shardChannel: "ssubscribe"
        }
    }

    var unsubscribed: StaticString {
        switch self {
        case .channel: "unsubscribe"
        case .pattern: "punsubscribe"
        case .shardChannel: "sunsubscribe"
        }
    }
}

/// A value for each kind of subscription.
struct PerKind<Value> {
    private var ofChannels: Value
    private var ofPatterns: Value
    private var ofShardChannels: Value

    init(_ make: (SubscriptionKind) -> Value) {
        ofChannels = make(.channel)
        ofPatterns = make(.pattern)
        ofShardChannels = make(.shardChannel)
    }

    subscript(kind: SubscriptionKind) -> Value {
        get {
            switch kind {
            case .channel: ofChannels
            case .pattern: ofPatterns
            case .shardChannel: ofShardChannels
            }
        }
        _modify {
            switch kind {
            case .channel: yield &ofChannels
            case .pattern: yield &ofPatterns
            case .shardChannel: yield &ofShardChannels
            }
        }
    }
}

/// What one client is subscribed to: the numbers of the names, and for each the client's place
/// among its subscribers.
struct ClientSubscriptions {
    private var places = PerKind<[Int: Int]> { _ in [:] }

    subscript(kind: SubscriptionKind) -> [Int: Int] {
        get { places[kind] }
        _modify { yield &places[kind] }
    }

    var isEmpty: Bool { SubscriptionKind.allCases.allSatisfy { places[$0].isEmpty } }

    /// The number that a client is told after a change: channels and patterns count together, those
    /// of shards for themselves.
    func told(of kind: SubscriptionKind) -> Int {
        switch kind {
        case .channel, .pattern: places[.channel].count + places[.pattern].count
        case .shardChannel: places[.shardChannel].count
        }
    }

    /// Bytes that the places take.
    var size: Int {
        SubscriptionKind.allCases.reduce(0) {
            $0 + places[$1].capacity * 2 * MemoryLayout<Int>.stride
        }
    }
}
