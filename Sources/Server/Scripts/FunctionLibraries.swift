import Bytes
import Commands

/// A function of a library.
final class LibraryFunction {
    let name: ByteString
    let description: ByteString?
    let script: Reference<Script>

    /// - Parameter number: the interpreter's number of it.
    init(name: ByteString, description: ByteString?, flags: ScriptFlags, number: Int32) {
        self.name = name
        self.description = description
        script = name.withSlice {
            Reference(to: Script(.function, name: $0, flags: flags, number: number))
        }
    }

    deinit { script.free() }

    var flags: ScriptFlags { script.value.flags }
    var number: Int32 { script.value.number }
}

/// A library: its code, and the functions that the code has registered.
final class FunctionLibrary {
    let name: ByteString
    /// All of it, with the first line.
    let code: ByteString
    /// By name.
    let functions: [LibraryFunction]

    init(name: ByteString, code: ByteString, functions: [LibraryFunction]) {
        self.name = name
        self.code = code
        self.functions = functions.sorted { $0.name < $1.name }
    }
}

/// The libraries of the server. No two have one name, and no two functions of different libraries,
/// letters compared without regard to case; of such in one library, the first by name is found.
struct FunctionLibraries {
    /// By name.
    private(set) var all: [FunctionLibrary] = []
    private var functions: [ByteString: LibraryFunction] = [:]

    var functionCount: Int { functions.count }

    /// Bytes for what is kept besides the interpreter.
    var memoryUsage: Int {
        let perLibrary = 200
        let perFunction = 160
        return all.reduce(0) { $0 + $1.code.count + $1.name.count + perLibrary }
            + functionCount * perFunction
    }

    func library(_ name: ByteString) -> FunctionLibrary? { all.first { $0.name == name } }

    func function(_ name: ByteSlice) -> LibraryFunction? { functions[Self.folded(name)] }

    /// A library's function whose name another library has.
    ///
    /// - Parameter given: the library that is going to give way.
    func collision(of library: FunctionLibrary, replacing given: FunctionLibrary?) -> ByteString? {
        library.functions.first { function in
            guard let found = function.name.withSlice({ self.function($0) }) else { return false }
            return given?.functions.contains { $0 === found } != true
        }?.name
    }

    /// Adds a library whose names are free.
    mutating func insert(_ library: FunctionLibrary) {
        let place = all.firstIndex { library.name < $0.name } ?? all.count
        all.insert(library, at: place)
        for function in library.functions {
            let name = function.name.withSlice { Self.folded($0) }
            if functions[name] == nil { functions[name] = function }
        }
    }

    @discardableResult
    mutating func remove(_ name: ByteString) -> FunctionLibrary? {
        guard let place = all.firstIndex(where: { $0.name == name }) else { return nil }
        for function in all[place].functions {
            functions[function.name.withSlice { Self.folded($0) }] = nil
        }
        return all.remove(at: place)
    }

    private static func folded(_ name: ByteSlice) -> ByteString {
        ByteString(name.array.map(\.asciiLowercased))
    }
}

/// The first line of a library: `#!lua name=mylib`.
struct LibraryHead {
    let name: ByteString
    /// Bytes before the code itself, which begins with the end of the line.
    let size: Int

    init(of source: ByteSlice) throws(CommandError) {
        guard source.hasPrefix(ByteSlice("#!")) else {
            throw .text("ERR Missing library metadata")
        }
        guard let end = source.firstIndex(of: 0x0a),
            let words = source[..<end].words(), let engine = words.first
        else { throw .text("ERR Invalid library metadata") }
        var name: ByteString?
        for word in words.dropFirst() {
            guard let value = word.withSlice({ Self.name(in: $0) }) else {
                throw word.withSlice {
                    CommandError.quoting("ERR Invalid metadata value given: ", $0)
                }
            }
            guard name == nil else {
                throw .text(
                    "ERR Invalid metadata value, name argument was given multiple times")
            }
            name = value
        }
        guard let name else { throw .text("ERR Library name was not given") }
        guard name.withSlice({ Self.isName($0) }) else { throw Self.wrongName }
        guard engine.withSlice({ $0[2...].isWord("lua") }) else {
            throw engine.withSlice {
                CommandError.quoting("ERR Engine '", $0[2...], "' not found")
            }
        }
        self.name = name
        self.size = end
    }

    private static func name(in word: ByteSlice) -> ByteString? {
        guard word.count >= 5, word[..<5].isWord("name=") else { return nil }
        return ByteString(word[5...])
    }

    /// Whether bytes may name a library or a function.
    static func isName(_ name: ByteSlice) -> Bool {
        guard !name.isEmpty else { return false }
        for index in 0..<name.count {
            let byte = name[index]
            let isLetter = byte.asciiLowercased &- 0x61 < 26
            guard isLetter || byte.isASCIIDigit || byte == UInt8(ascii: "_") else { return false }
        }
        return true
    }

    private static let wrongName = CommandError.composed("ERR \(wrongNameText)")

    /// Redis 7.2 says so of the names of functions, too.
    static let wrongNameText: StaticString = """
        Library names can only contain letters, numbers, or underscores(_) and must be at least one \
        character long
        """
}
