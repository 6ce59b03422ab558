/// What a key holds, as far as a client can know it.
enum ModelContent: Hashable {
    case text(String)
    case list([String])
    case set(Set<String>)
    case hash([String: ModelField])
    /// Scores by members; whole numbers are enough.
    case sortedSet([String: Int])
    case stream(ModelStream)
    /// The elements that a HyperLogLog has counted.
    case counted(Set<String>)

    static let wrongType = ModelReply.error(
        "WRONGTYPE Operation against a key holding the wrong kind of value")

    /// What `GET` answers.
    var replyToGet: ModelReply {
        if case .text(let text) = self { .bulk(text) } else { Self.wrongType }
    }
}

struct ModelField: Hashable {
    var text: String
    /// Far away: no field goes by itself here.
    var deadline: Int64?
}

/// A stream with one group of one consumer.
struct ModelStream: Hashable {
    struct Group: Hashable {
        /// The milliseconds of the last identifier that was delivered.
        var delivered: Int
        var pending: Set<Int> = []
    }

    /// The entries by the milliseconds of their identifiers; the sequence is always 1.
    var entries: [Int: String] = [:]
    var last = 0
    var group: Group?
}
