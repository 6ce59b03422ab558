import Bytes

@testable import Configuration

/// Files in memory for the reader.
struct Files {
    var contents: [String: String] = [:]
    var standardInput = ""

    var sources: ConfigurationSources {
        ConfigurationSources(
            read: { path throws(ConfigurationSources.Failure) in
                guard let text = contents[path] else {
                    throw ConfigurationSources.Failure("No such file or directory")
                }
                return ByteString(text)
            },
            readStandardInput: { ByteString(standardInput) },
            files: { pattern in
                contents.keys.sorted().filter { path in
                    path.withSlice { path in pattern.withSlice { Glob.matches(path, $0) } }
                }
            },
            enterDirectory: { path throws(ConfigurationSources.Failure) in
                if path == "/nonexistent" {
                    throw ConfigurationSources.Failure("No such file or directory")
                }
            },
            isCommand: { ["get", "set", "keys"].contains($0) })
    }

    func load(_ arguments: [String]) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationReader.load(
            ServerArguments(arguments.map { ByteString($0) }), from: sources)
    }

    /// Reads one file's text and shows a value as `CONFIG GET` does.
    static func value(
        of name: ByteString, in text: String
    ) throws(ConfigurationError) -> String? {
        let loaded = try Files(contents: ["a.conf": text]).load(["a.conf"])
        return Directive.named(name)?.value(in: loaded.settings).text
    }
}

/// Changes settings as `CONFIG SET` does; nil when that succeeded, else the reply.
func change(
    _ settings: inout Settings, _ pairs: [(ByteString, ByteString)], allowsProtected: Bool = false,
    isLoading: Bool = false
) -> String? {
    do throws(SettingsChange.Failure) {
        let change = try SettingsChange(
            pairs.map { (name: $0.0, value: $0.1) }, of: settings,
            permissions: .init(isLoading: isLoading, allowsProtected: allowsProtected))
        settings = change.settings
        return nil
    } catch {
        return error.reply?.text ?? "loading"
    }
}
