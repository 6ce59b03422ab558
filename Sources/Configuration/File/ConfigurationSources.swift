import Bytes

/// What the reader of configurations needs of the world, handed in as functions.
public struct ConfigurationSources {
    /// What the operating system says of a failed access.
    public struct Failure: Error, Equatable {
        public let reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    /// The contents of a file.
    public var read: (String) throws(Failure) -> ByteString
    /// The contents of the standard input.
    public var readStandardInput: () throws(Failure) -> ByteString
    /// The files that match a pattern, in order.
    public var files: (String) -> [String]
    /// Changes into the directory of a `dir` line, to which later file names are relative.
    public var enterDirectory: (String) throws(Failure) -> Void
    /// Whether a command exists, by its name in lower case; for `rename-command`.
    public var isCommand: (String) -> Bool
    /// What is wrong with the words behind `user`, as `'word': reason`; nothing when they could be right.
    public var userRefusal: ([ByteString]) -> String?

    public init(
        read: @escaping (String) throws(Failure) -> ByteString,
        readStandardInput: @escaping () throws(Failure) -> ByteString,
        files: @escaping (String) -> [String],
        enterDirectory: @escaping (String) throws(Failure) -> Void,
        isCommand: @escaping (String) -> Bool,
        userRefusal: @escaping ([ByteString]) -> String? = { _ in nil }
    ) {
        self.read = read
        self.readStandardInput = readStandardInput
        self.files = files
        self.enterDirectory = enterDirectory
        self.isCommand = isCommand
        self.userRefusal = userRefusal
    }
}
