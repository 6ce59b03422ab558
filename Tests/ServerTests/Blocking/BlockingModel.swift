/// Lists and who waits for them, as simply as it can be said: what the server is compared with.
struct BlockingModel {
    enum Wish: Equatable {
        case pop(keys: [String], fromLeft: Bool)
        /// From the left end of one list to the right end of another.
        case move(from: String, to: String)

        var keys: [String] {
            switch self {
            case .pop(let keys, _): keys
            case .move(let source, _): [source]
            }
        }
    }

    struct Wait {
        let client: Int
        let wish: Wish
        /// Milliseconds of the test's clock.
        let deadline: Int64?
    }

    static let wrongType =
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"

    private(set) var lists: [String: [String]] = [:]
    private(set) var texts: Set<String> = []
    /// In the order in which they came.
    private(set) var waits: [Wait] = []
    private var ready: [String] = []
    /// What clients are answered, since it was last taken.
    private var replies: [Int: String] = [:]

    func isWaiting(_ client: Int) -> Bool { waits.contains { $0.client == client } }

    mutating func takeReplies() -> [Int: String] {
        defer { replies = [:] }
        return replies
    }

    mutating func answer(_ client: Int, _ text: String) { replies[client, default: ""] += text }

    // MARK: Changes

    /// What a push answers.
    mutating func push(_ values: [String], to key: String, atLeft: Bool) -> String {
        guard !texts.contains(key) else { return Self.wrongType }
        var list = lists[key] ?? []
        for value in values { list.insert(value, at: atLeft ? 0 : list.count) }
        lists[key] = list
        note(key)
        return ":\(list.count)\r\n"
    }

    mutating func setText(_ key: String) -> String {
        lists[key] = nil
        texts.insert(key)
        return "+OK\r\n"
    }

    mutating func delete(_ key: String) -> String {
        let wasThere = lists[key] != nil || texts.contains(key)
        lists[key] = nil
        texts.remove(key)
        return wasThere ? ":1\r\n" : ":0\r\n"
    }

    mutating func rename(_ key: String, to other: String) -> String {
        if let list = lists[key] {
            if key == other { return "+OK\r\n" }
            _ = delete(other)
            lists[key] = nil
            lists[other] = list
            note(other)
        } else if texts.contains(key) {
            _ = delete(other)
            if key != other { texts.remove(key) }
            texts.insert(other)
        } else {
            return "-ERR no such key\r\n"
        }
        return "+OK\r\n"
    }

    private mutating func note(_ key: String) {
        guard waits.contains(where: { $0.wish.keys.contains(key) }), !ready.contains(key) else {
            return
        }
        ready.append(key)
    }

    // MARK: Waiting

    /// Answers a wish, or lets the client wait.
    mutating func wish(_ wish: Wish, of client: Int, deadline: Int64?) {
        if let reply = attempt(wish) {
            answer(client, reply)
        } else {
            waits.append(Wait(client: client, wish: wish, deadline: deadline))
        }
    }

    /// The answer to a wish; nothing when there is nothing for it.
    mutating func attempt(_ wish: Wish) -> String? {
        switch wish {
        case .pop(let keys, let fromLeft):
            for key in keys {
                if texts.contains(key) { return Self.wrongType }
                guard let value = take(from: key, atLeft: fromLeft) else { continue }
                return "*2\r\n" + key.asBulk + value.asBulk
            }
            return nil
        case .move(let source, let target):
            if texts.contains(source) { return Self.wrongType }
            guard lists[source] != nil else { return nil }
            if texts.contains(target) { return Self.wrongType }
            guard let value = take(from: source, atLeft: true) else { return nil }
            _ = push([value], to: target, atLeft: false)
            return value.asBulk
        }
    }

    private mutating func take(from key: String, atLeft: Bool) -> String? {
        guard var list = lists[key] else { return nil }
        let value = list.remove(at: atLeft ? 0 : list.count - 1)
        lists[key] = list.isEmpty ? nil : list
        return value
    }

    /// Serves who waits for what has become ready.
    mutating func serve() {
        while !ready.isEmpty {
            let key = ready.removeFirst()
            for wait in waits where wait.wish.keys.contains(key) && lists[key] != nil {
                guard let reply = attempt(wait.wish) else { continue }
                answer(wait.client, reply)
                leave(wait.client)
            }
        }
    }

    mutating func leave(_ client: Int) { waits.removeAll { $0.client == client } }

    /// Ends a wait as if its time were over, or with an error; whether there was one.
    mutating func unblock(_ client: Int, withError: Bool) -> Bool {
        guard isWaiting(client) else { return false }
        answer(
            client,
            withError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n" : "*-1\r\n")
        leave(client)
        return true
    }

    /// Ends the waits whose time is over.
    mutating func pass(to now: Int64) {
        for wait in waits {
            guard let deadline = wait.deadline, deadline <= now else { continue }
            answer(wait.client, "*-1\r\n")
            leave(wait.client)
        }
    }
}

extension String {
    var asBulk: String { "$\(utf8.count)\r\n\(self)\r\n" }
}
