import Bytes

extension Directive {
    /// The names and values that `CONFIG GET` answers with, each name once.
    ///
    /// A word without `*`, `?` and `[` is a name or alias, answered in the spelling of the client;
    /// a pattern matches names and aliases, both of which are listed, but nothing hidden.
    public static func values(
        matching patterns: [ByteString], in settings: Settings
    ) -> [(name: ByteString, value: ByteString)] {
        var found: [(name: ByteString, value: ByteString)] = []
        var seen: Set<ByteString> = []
        for pattern in patterns {
            if !pattern.array.contains(where: { "*?[".utf8.contains($0) }) {
                if let directive = named(pattern), seen.insert(pattern).inserted {
                    found.append((pattern, directive.value(in: settings)))
                }
                continue
            }
            for directive in all where !directive.traits.contains(.hidden) {
                for name in [directive.name] + directive.aliases {
                    let name = ByteString(name)
                    let isMatch = pattern.withSlice { pattern in
                        name.withSlice { Glob.matches($0, pattern, ignoringCase: true) }
                    }
                    if isMatch, seen.insert(name).inserted {
                        found.append((name, directive.value(in: settings)))
                    }
                }
            }
        }
        return found
    }
}
