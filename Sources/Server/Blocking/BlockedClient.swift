import Bytes
import Commands
import Keyspace

/// A client whose command waits for keys, with all that is needed to run the command again.
///
/// Lives from the moment the command asked to block until it was served, its time was over, or the
/// client went.
final class BlockedClient {
    let client: Reference<Client>
    let command: CommandNumber
    /// The keys, each once, in the order of the request.
    let keys: [AwaitedKey]
    let type: ValueType
    /// Whether a key that goes, or becomes of another type, ends the wait as well.
    let endsWithoutKey: Bool
    /// Monotonic microseconds; nothing waits for ever.
    let deadline: Int64?
    /// Which of all waits began earlier: the order in which clients are served.
    let sequence: UInt64
    /// Index in the heap of deadlines.
    var heapIndex = 0
    /// Whether the command has asked to block again since it was last run.
    var asksAgain = false

    private let words: OwnedWords

    /// Copies the request, which stands in the client's query buffer.
    init(
        _ client: Reference<Client>, _ command: CommandNumber, _ arguments: Slices,
        _ request: BlockRequest, deadline: Int64?, sequence: UInt64
    ) {
        self.client = client
        self.command = command
        self.type = request.type
        self.endsWithoutKey = request.endsWithoutKey
        self.deadline = deadline
        self.sequence = sequence
        var keys: [AwaitedKey] = []
        for index in request.keys {
            let key = AwaitedKey(
                database: client.value.database, key: ByteString(arguments[index]))
            if request.keys.count == 1 || !keys.contains(key) { keys.append(key) }
        }
        self.keys = keys
        if let instead = request.words {
            words = OwnedWords(instead)
        } else {
            words = OwnedWords(arguments)
        }
    }

    /// What is run, as long as this lives.
    var arguments: Slices { words.all }

    /// Bytes of the copy.
    var size: Int { words.size }
}

/// A key that clients wait for, in the database that they have selected.
struct AwaitedKey: Hashable {
    let database: Int
    let key: ByteString
}
