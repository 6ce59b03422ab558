import Bytes
import Commands
import Testing

/// Times that a command may wait, as redis-server 7.0.15 and valkey-server 9.1 read them.
@Suite struct TimeoutTests {
    private static let now: Int64 = 1_700_000_000_000

    private func timeout(_ word: String, _ unit: TimeUnit) -> Result<Int64, CommandError> {
        let text = ByteString(word)
        return text.withSlice { slice in
            var words = SliceList()
            words.append(slice)
            let arguments = words.all
            return Result { () throws(CommandError) in
                try arguments.timeout(0, unit, at: Self.now)
            }
        }
    }

    private func refusal(_ word: String, _ unit: TimeUnit) -> String {
        switch timeout(word, unit) {
        case .success(let milliseconds): "none, but \(milliseconds)"
        case .failure(let error): error.withText { $0.text }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1000), ("0.1", 100), ("0.0001", 1), ("1.0005", 1001), ("2.5e1", 25_000),
            ("0x10", 16_000), ("-0", 0), ("-0.0001", 0), ("1e9", 1_000_000_000_000),
        ] as [(String, Int64)])
    func secondsMayHaveAFraction(word: String, milliseconds: Int64) throws {
        #expect(try timeout(word, .seconds).get() == milliseconds)
    }

    @Test(arguments: [
        ("abc", "ERR timeout is not a float or out of range"),
        ("", "ERR timeout is not a float or out of range"),
        (" 1", "ERR timeout is not a float or out of range"),
        ("nan", "ERR timeout is not a float or out of range"),
        ("inf", "ERR timeout is out of range"),
        ("1e18", "ERR timeout is out of range"),
        ("9223372036854775", "ERR timeout is out of range"),
        ("9223372036854775807", "ERR timeout is out of range"),
        ("-1", "ERR timeout is negative"),
        ("-inf", "ERR timeout is negative"),
    ])
    func secondsAreRefused(word: String, text: String) {
        #expect(refusal(word, .seconds) == text)
    }

    @Test func millisecondsAreWhole() throws {
        #expect(try timeout("1500", .milliseconds).get() == 1500)
        #expect(
            refusal("1.5", .milliseconds) == "ERR timeout is not an integer or out of range")
        #expect(refusal("-1", .milliseconds) == "ERR timeout is negative")
        #expect(refusal("9223372036854775807", .milliseconds) == "ERR timeout is out of range")
    }
}
