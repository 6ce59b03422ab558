import Bytes

/// The server's command line: `[file|-] [--directive value …] [-]`.
///
/// Options become lines of a configuration that is read after the file, so they win over it. What
/// follows an option's name up to the next option are its values; the first value may itself begin
/// with `--`. `--save` without a value switches save points off. A lone `-`, first or last, reads
/// more configuration from the standard input.
public struct ServerArguments: Sendable, Equatable {
    /// What the command line asks for.
    public enum Request: Sendable, Equatable {
        case serve(ServerArguments)
        case version
        case help
        case checkSystem
        /// Megabytes.
        case testMemory(ByteString)
    }

    /// The configuration file, as it was given.
    public private(set) var file: ByteString?
    public private(set) var readsStandardInput = false
    /// The options as lines of a configuration.
    public private(set) var options: [ByteString] = []

    /// - Parameter arguments: the command line without the program's name.
    public static func parse(_ arguments: [ByteString]) -> Request {
        if arguments.count == 1 {
            switch arguments[0] {
            case "-v", "--version": return .version
            case "-h", "--help": return .help
            case "--check-system": return .checkSystem
            default: break
            }
        }
        if arguments.count == 2, arguments[0] == "--test-memory" {
            return .testMemory(arguments[1])
        }
        return .serve(ServerArguments(arguments))
    }

    /// - Parameter arguments: the command line without the program's name.
    public init(_ arguments: [ByteString]) {
        var index = 0
        if let first = arguments.first, first.array.first != UInt8(ascii: "-") {
            file = first
            index = 1
        }
        // An option's name takes the next word whatever it looks like.
        var expectsValue = false
        while index < arguments.count {
            let argument = arguments[index]
            let next = index + 1 < arguments.count ? arguments[index + 1] : nil
            if argument == "-", index == 0 || next == nil {
                readsStandardInput = true
            } else if !expectsValue, argument.isOption {
                expectsValue = appendOption(argument, before: next)
            } else {
                appendValue(argument)
                expectsValue = false
            }
            index += 1
        }
    }

    /// Begins a line. Returns whether the next argument belongs to it in any case.
    private mutating func appendOption(_ argument: ByteString, before next: ByteString?) -> Bool {
        let name = ByteString(Array(argument.array.dropFirst(2)))
        let isAlone = argument.withSlice { $0.words() }?.count == 1
        let isSave = argument.withSlice { $0.isWord("--save") }
        if isSave, next == nil || next?.isOption == true {
            options.append(ByteString(name.array + Array(" \"\"".utf8)))
            return false
        }
        options.append(name)
        return isAlone
    }

    private mutating func appendValue(_ value: ByteString) {
        let line = options.popLast()?.array ?? []
        let separator: [UInt8] = line.isEmpty ? [] : [0x20]
        options.append(ByteString(line + separator + value.quoted.array))
    }
}

extension ByteString {
    fileprivate var isOption: Bool { array.starts(with: [0x2d, 0x2d]) }
}
