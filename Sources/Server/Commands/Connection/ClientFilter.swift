import Bytes
import Commands

/// The class of a connection, as `TYPE` names it.
enum ClientKind: Equatable {
    case normal, master, replica, pubsub

    init(_ word: ByteSlice) throws(CommandError) {
        if word.isWord("normal") {
            self = .normal
        } else if word.isWord("master") {
            self = .master
        } else if word.isWord("replica") || word.isWord("slave") {
            self = .replica
        } else if word.isWord("pubsub") {
            self = .pubsub
        } else {
            throw .quoting("ERR Unknown client type '", word, "'")
        }
    }
}

/// Which connections CLIENT KILL and CLIENT LIST mean.
struct ClientFilter {
    var identifiers: [UInt64]?
    var kind: ClientKind?
    var user: ByteString?
    var peer: String?
    var local: String?
    /// Whether the asking connection itself is left out.
    var skipsOwn = false

    /// Whether a connection fits every part of the filter.
    ///
    /// A connection that watches with MONITOR is a normal one, too.
    func matches(
        identifier: UInt64, kind: ClientKind = .normal, user: ByteString, peer: String,
        local: String, isOwn: Bool
    ) -> Bool {
        if skipsOwn, isOwn { return false }
        if let identifiers, !identifiers.contains(identifier) { return false }
        if let wanted = self.kind, wanted != kind { return false }
        if let wanted = self.user, wanted != user { return false }
        if let wanted = self.peer, wanted != peer { return false }
        if let wanted = self.local, wanted != local { return false }
        return true
    }
}

extension ClientFilter {
    /// The options of CLIENT KILL in its form with names, from the third argument on.
    ///
    /// - Parameter isUser: whether there is a user of a name.
    static func ofKill(
        _ options: Slices, isUser: (ByteSlice) -> Bool
    ) throws(CommandError) -> ClientFilter {
        var filter = ClientFilter()
        filter.skipsOwn = true
        for index in stride(from: 0, to: options.count, by: 2) {
            guard index + 1 < options.count else { throw .syntax }
            let (word, value) = (options[index], options[index + 1])
            if word.isWord("id") {
                guard let identifier = value.integer, identifier > 0 else {
                    throw .text("ERR client-id should be greater than 0")
                }
                filter.identifiers = [UInt64(identifier)]
            } else if word.isWord("type") {
                filter.kind = try ClientKind(value)
            } else if word.isWord("addr") {
                filter.peer = value.text
            } else if word.isWord("laddr") {
                filter.local = value.text
            } else if word.isWord("user") {
                guard isUser(value) else {
                    throw .quoting("ERR No such user '", value, "'")
                }
                filter.user = ByteString(value)
            } else if word.isWord("skipme"), value.isWord("yes") {
                filter.skipsOwn = true
            } else if word.isWord("skipme"), value.isWord("no") {
                filter.skipsOwn = false
            } else {
                throw .syntax
            }
        }
        return filter
    }

    /// The options of CLIENT LIST, from the third argument on.
    static func ofList(_ options: Slices) throws(CommandError) -> ClientFilter {
        var filter = ClientFilter()
        guard options.count > 0 else { return filter }
        if options.count == 2, options[0].isWord("type") {
            filter.kind = try ClientKind(options[1])
        } else if options.count > 1, options[0].isWord("id") {
            var identifiers: [UInt64] = []
            for index in 1..<options.count {
                guard let identifier = options[index].integer else {
                    throw .text("ERR Invalid client ID")
                }
                // A number that nobody can have finds nobody.
                if identifier > 0 { identifiers.append(UInt64(identifier)) }
            }
            filter.identifiers = identifiers
        } else {
            throw .syntax
        }
        return filter
    }
}
