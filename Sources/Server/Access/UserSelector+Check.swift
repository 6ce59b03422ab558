import Bytes
import Commands

/// Why a user may not do something.
enum AccessDenial: Equatable {
    case command
    /// The argument that names the key or the channel.
    case key(Int)
    case channel(Int)

    /// When several selectors deny a request, the client hears the reason that got furthest.
    fileprivate var rank: (Int, Int) {
        switch self {
        case .command: (0, 0)
        case .key(let index): (1, index)
        case .channel(let index): (2, index)
        }
    }

    func isFurther(than other: AccessDenial) -> Bool { rank > other.rank }
}

extension User {
    /// Why the user may not run a command with these arguments; nothing when they may.
    func denial(
        of command: Reference<RegisteredCommand>, _ arguments: Slices
    ) -> AccessDenial? {
        var denial = AccessDenial.command
        for selector in rights.selectors {
            guard let reason = selector.denial(of: command, arguments) else { return nil }
            if reason.isFurther(than: denial) { denial = reason }
        }
        return denial
    }
}

extension UserSelector {
    func denial(
        of command: Reference<RegisteredCommand>, _ arguments: Slices
    ) -> AccessDenial? {
        guard commands.allows(command, arguments) else { return .command }
        if !allowsAllKeys, let denial = denialOfKeys(command, arguments) { return denial }
        if !allowsAllChannels, let channels = command.value.channels {
            return denialOfChannels(channels, arguments)
        }
        return nil
    }

    private func denialOfKeys(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices
    ) -> AccessDenial? {
        if let key = command.value.onlyKey {
            guard key.index < arguments.count else { return nil }
            return allows(arguments[key.index], key.use) ? nil : .key(key.index)
        }
        guard !command.value.declaration.keys.isEmpty else { return nil }
        // Where the keys cannot be made out, the command itself refuses the request.
        for key in command.value.declaration.keyPositions(in: arguments) ?? []
        where !allows(arguments[key.index], key.use) { return .key(key.index) }
        return nil
    }

    /// Whether a key may be used so.
    func allows(_ key: ByteSlice, _ use: KeySpecification.Use) -> Bool {
        if allowsAllKeys { return true }
        var needed: KeyAccess = use.contains(.access) ? .read : []
        if !use.isDisjoint(with: [.insert, .delete, .update]) { needed.insert(.write) }
        return keyPatterns.contains { pattern in
            pattern.access.isSuperset(of: needed)
                && pattern.pattern.withSlice { Glob.matches(key, $0) }
        }
    }

    private func denialOfChannels(
        _ channels: ChannelArguments, _ arguments: Slices
    ) -> AccessDenial? {
        for index in channels.indexes(of: arguments.count)
        where !allows(channel: arguments[index], isPattern: channels == .patterns) {
            return .channel(index)
        }
        return nil
    }

    /// Whether a channel may be used, or a pattern of channels, which has to be allowed literally.
    func allows(channel: ByteSlice, isPattern: Bool) -> Bool {
        if allowsAllChannels { return true }
        return channelPatterns.contains { allowed in
            allowed.withSlice { isPattern ? $0 == channel : Glob.matches(channel, $0) }
        }
    }
}

/// Which arguments of a command are channels that its user has to be allowed.
enum ChannelArguments {
    /// The first: PUBLISH.
    case target
    /// All: SUBSCRIBE.
    case channels
    /// All, and they are patterns: PSUBSCRIBE.
    case patterns

    /// Whoever leaves a channel needs no permission for it.
    init?(ofCommand name: StaticString) {
        if name.isText("publish") || name.isText("spublish") {
            self = .target
        } else if name.isText("subscribe") || name.isText("ssubscribe") {
            self = .channels
        } else if name.isText("psubscribe") {
            self = .patterns
        } else {
            return nil
        }
    }

    func indexes(of argumentCount: Int) -> Range<Int> {
        self == .target ? 1..<min(2, argumentCount) : 1..<max(1, argumentCount)
    }
}
