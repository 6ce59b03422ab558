/// Why a configuration cannot be used; the server says so and ends with status 1.
public enum ConfigurationError: Error, Equatable {
    /// A line is wrong. `file` is set when the line stands in an included file.
    case line(number: Int, text: String, reason: String, file: String?)
    /// The configuration as a whole is wrong.
    case whole(reason: String)
    /// A named file cannot be read.
    case unreadable(path: String, reason: String)

    /// The text for the standard error, with the line breaks around it.
    ///
    /// - Parameter version: the Redis version that the server answers to, as `7.2.6`.
    public func message(version: String) -> String {
        let head = "\n*** FATAL CONFIG FILE ERROR (Redis \(version)) ***\n"
        switch self {
        case .line(let number, let text, let reason, let file):
            let place = "Reading the configuration file, at line \(number)\n>>> '\(text)'\n"
            return head + place + reason + "\n" + (file.map { "In the file \($0)\n" } ?? "")
        case .whole(let reason):
            return head + reason + "\n"
        case .unreadable(let path, let reason):
            return "Fatal error, can't open config file '\(path)': \(reason)\n"
        }
    }
}
