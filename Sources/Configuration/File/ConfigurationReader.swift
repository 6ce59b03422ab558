import Bytes

/// Reads configurations line by line into settings.
///
/// The first word of a line is a directive's name, the others its value; lines whose first
/// character is `#` are comments. The last line about a directive wins, except that `save` lines
/// add up, as lines about different classes or users do.
public struct ConfigurationReader {
    /// How deeply included files may include others.
    public static let includeDepthMax = 32

    private let sources: ConfigurationSources
    private var loaded = LoadedConfiguration()
    private var hasSavePoints = false
    /// Names of commands that `rename-command` gave (true) and took away (false).
    private var commandNames: [String: Bool] = [:]
    /// The included files that are being read, the outermost first.
    private var including: [String] = []

    /// Reads what the command line names, and then the command line itself.
    public static func load(
        _ arguments: ServerArguments, from sources: ConfigurationSources
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var reader = ConfigurationReader(sources: sources)
        var text: [UInt8] = []
        if let file = arguments.file {
            reader.loaded.file = file.text
            text = try reader.contents(of: file.text).array
        }
        if arguments.readsStandardInput {
            if let last = text.last, last != 0x0a { text.append(0x0a) }
            text += try reader.contentsOfStandardInput().array
        }
        // One blank line, as in Redis, so that its line numbers are ours.
        text.append(0x0a)
        text += arguments.options.map(\.array).joined(separator: [0x0a])
        try reader.readLines(of: text)
        return try reader.finish()
    }

    private init(sources: ConfigurationSources) { self.sources = sources }

    private func contents(of path: String) throws(ConfigurationError) -> ByteString {
        do throws(ConfigurationSources.Failure) {
            return try sources.read(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
    }

    private func contentsOfStandardInput() throws(ConfigurationError) -> ByteString {
        do throws(ConfigurationSources.Failure) {
            return try sources.readStandardInput()
        } catch {
            throw .unreadable(path: "-", reason: error.reason)
        }
    }

    private func finish() throws(ConfigurationError) -> LoadedConfiguration {
        if loaded.settings.cluster.isEnabled, loaded.settings.replication.master != nil {
            throw .whole(reason: "replicaof directive not allowed in cluster mode")
        }
        return loaded
    }

    private mutating func readLines(of text: [UInt8]) throws(ConfigurationError) {
        let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = ConfigurationLine(bytes)
            let step: Step
            do throws(RefusedValue) {
                step = try read(line)
            } catch {
                throw .line(
                    number: index + 1, text: line.text.text, reason: error.reason,
                    file: including.last)
            }
            if case .include(let path) = step { try include(path) }
        }
    }

    private mutating func include(_ path: String) throws(ConfigurationError) {
        let isPattern = path.utf8.contains { "*?[".utf8.contains($0) }
        for file in isPattern ? sources.files(path) : [path] {
            let text = try contents(of: file)
            including.append(file)
            try readLines(of: text.array)
            including.removeLast()
        }
    }
}

// One line at a time.
extension ConfigurationReader {
    /// What is left to do after a line was read.
    private enum Step {
        case next
        case include(String)
    }

    private mutating func read(_ line: ConfigurationLine) throws(RefusedValue) -> Step {
        switch line.content {
        case .nothing:
            return .next
        case .unbalanced:
            throw RefusedValue("Unbalanced quotes in configuration line")
        case .words(let name, let words):
            if let directive = Directive.named(ByteString(name)) {
                try set(directive, to: words)
                return .next
            }
            return try readOther(name, words)
        }
    }

    private mutating func set(
        _ directive: Directive, to words: [ByteString]
    ) throws(RefusedValue) {
        var words = words
        if directive.traits.contains(.multiWord), words.count == 1 {
            // Several words may stand in one pair of quotes.
            words = words[0].withSlice { $0.words() } ?? words
        }
        let before = loaded.settings.snapshot.savePoints
        try directive.set(words, in: &loaded.settings)
        if !including.isEmpty { loaded.includedNames.insert(directive.name) }
        switch directive.name {
        case "save":
            // The first line replaces the defaults, later ones add; an empty one erases all.
            let added = loaded.settings.snapshot.savePoints
            if hasSavePoints, !added.isEmpty {
                loaded.settings.snapshot.savePoints = before + added
            }
            hasSavePoints = true
        case "dir":
            do throws(ConfigurationSources.Failure) {
                try sources.enterDirectory(loaded.settings.storage.directory)
            } catch {
                throw RefusedValue(error.reason)
            }
        default: break
        }
    }

    /// What is not in the tables of directives.
    private mutating func readOther(
        _ name: String, _ words: [ByteString]
    ) throws(RefusedValue) -> Step {
        switch (name, words.count) {
        case ("include", 1):
            guard including.count < Self.includeDepthMax else {
                throw RefusedValue("Files are included too deeply")
            }
            return .include(words[0].text)
        case ("rename-command", 2):
            try rename(words[0], to: words[1])
        case ("user", 1...):
            guard !loaded.users.contains(where: { $0[0] == words[0] }) else {
                throw RefusedValue(
                    "Error in user declaration '\(words[0].text)': Duplicate user found. A user can "
                        + "only be defined once in config files")
            }
            if let reason = sources.userRefusal(words) {
                throw RefusedValue("Error in user declaration \(reason)")
            }
            loaded.users.append(words)
        case ("loadmodule", 1...):
            throw RefusedValue("Modules are not supported")
        case ("sentinel", _):
            throw RefusedValue("sentinel directive while not in sentinel mode")
        case ("list-max-ziplist-entries", 1), ("list-max-ziplist-value", 1),
            ("lua-replicate-commands", 1):
            loaded.remarks.append("'\(name)' is set and has no effect: it is out of use")
        case _ where name.utf8.contains(UInt8(ascii: ".")):
            throw RefusedValue(
                words.isEmpty
                    ? "Module config specified without value" : "Modules are not supported")
        default:
            throw RefusedValue("Bad directive or wrong number of arguments")
        }
        return .next
    }

    private mutating func rename(
        _ name: ByteString, to newName: ByteString
    ) throws(RefusedValue) {
        let old = name.text.lowercased()
        let new = newName.text.lowercased()
        guard isCommand(old) else { throw RefusedValue("No such command in rename-command") }
        commandNames[old] = false
        if !new.isEmpty {
            guard !isCommand(new) else { throw RefusedValue("Target command name already exists") }
            commandNames[new] = true
        }
        loaded.renamedCommands.append(.init(name: name, newName: newName))
    }

    private func isCommand(_ name: String) -> Bool {
        commandNames[name] ?? sources.isCommand(name)
    }
}
