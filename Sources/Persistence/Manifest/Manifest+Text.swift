import Bytes

// The file is text, one line for each file of the log:
//
//     file appendonly.aof.2.base.rdb seq 2 type b
//     file appendonly.aof.1.incr.aof seq 1 type h
//     file appendonly.aof.2.incr.aof seq 2 type i
//
// A line is an even number of words, at least six, quoted as in a configuration file, and ends in a
// line feed. The key words `file`, `seq` and `type` come in any order and case; pairs with
// other keys are ignored. `seq` is a positive number, `type` one of `b` (base), `h` (history) and
// `i` (increment). A name is no path. There is at most one base, and the numbers of the increments
// grow from line to line. Lines that begin with `#` are comments; we end the file with one that holds
// a checksum (`Manifest+Checksum.swift`). A blank line, a line of more than 1024 bytes, a last line
// without its line feed and an empty file are errors: a list that is damaged is refused, never guessed.

extension Manifest {
    /// The longest line, with its line feed, in bytes.
    static let lineSizeMax = 1024

    /// Reads the text of a manifest.
    public init(text: ByteSlice) throws(ManifestError) {
        guard !text.isEmpty else {
            throw ManifestError(reason: .empty, lineNumber: nil, line: "")
        }
        self.init()
        var start = 0
        var lineNumber = 0
        var checksum = Checksum.absent
        while start < text.count {
            lineNumber += 1
            let end = text.firstIndex(of: 0x0a, from: start)
            let line = text[start..<(end ?? text.count)]
            let lineStart = start
            start = (end ?? text.count) + 1
            var reason: ManifestError.Reason?
            if checksum != .absent {
                // Nothing is written behind the checksum.
                reason = .checksum
            } else if line.first == UInt8(ascii: "#") {
                checksum = Checksum(
                    text[lineStart..<min(start, text.count)], of: text[..<lineStart])
                if checksum == .wrong { reason = .checksum }
            } else if end == nil || line.count >= Self.lineSizeMax {
                reason = .lineTooLong
            } else {
                reason = add(line)
            }
            if let reason {
                let shown = line[..<min(line.count, Self.lineSizeMax)].text
                throw ManifestError(reason: reason, lineNumber: lineNumber, line: shown)
            }
        }
        checkInvariants()
    }

    /// Adds what a line says; returns what is wrong with it.
    private mutating func add(_ line: ByteSlice) -> ManifestError.Reason? {
        guard let words = line.words(), words.count >= 6, words.count.isMultiple(of: 2) else {
            return .badFormat
        }
        var name: ByteString?
        var sequence: UInt64?
        var type: UInt8?
        for index in stride(from: 0, to: words.count, by: 2) {
            let key = words[index]
            let value = words[index + 1]
            if key.withSlice({ $0.isWord("file") }) {
                guard !value.array.contains(0x2f), !value.array.contains(0x5c) else { return .path }
                name = value
            } else if key.withSlice({ $0.isWord("seq") }) {
                sequence = value.withSlice { $0.unsignedInteger }
            } else if key.withSlice({ $0.isWord("type") }) {
                type = value.array.first
            }
        }
        guard let name, !name.isEmpty, let sequence, sequence > 0, let type,
            let sequence = Int64(exactly: sequence)
        else { return .badFormat }
        return add(name.text, sequence, type)
    }

    private mutating func add(
        _ name: String, _ sequence: Int64, _ type: UInt8
    ) -> ManifestError.Reason? {
        switch type {
        case UInt8(ascii: "b"):
            guard base == nil else { return .secondBase }
            base = Entry(name: name, sequence: sequence, kind: .base)
            baseSequence = sequence
        case UInt8(ascii: "h"):
            history.append(Entry(name: name, sequence: sequence, kind: .history))
        case UInt8(ascii: "i"):
            guard sequence > incrementSequence else { return .notMonotonic }
            increments.append(Entry(name: name, sequence: sequence, kind: .increment))
            incrementSequence = sequence
        default:
            return .unknownType
        }
        return nil
    }

    /// The text to store.
    public var text: String {
        let lines = lines
        return lines + lines.withSlice { Checksum.line(of: $0) }.text
    }

    /// The files, a line each: base, then history, then increments.
    var lines: String {
        let entries = (base.map { [$0] } ?? []) + history + increments
        return entries.map { entry in
            let letter =
                switch entry.kind {
                case .base: "b"
                case .history: "h"
                case .increment: "i"
                }
            let name = ByteString(entry.name).asWord.text
            return "file \(name) seq \(entry.sequence) type \(letter)\n"
        }.joined()
    }
}
