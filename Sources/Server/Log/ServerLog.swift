import Bytes
import Configuration
import Persistence
import Platform
import Synchronization

/// The server's own log: lines in Redis's form, to a file, standard output and the system's log.
///
/// ```
/// 4711:M 03 Nov 2026 14:05:09.123 * Ready to accept connections tcp
/// ```
/// Process, role (`M`: serves as a master), local time, level (`.` debug, `-` verbose, `*` notice,
/// `#` warning), text. Lines may come from any thread. The file is opened for each line, so a log
/// that was moved away by rotation begins anew by itself.
final class ServerLog: Sendable {
    private let world: World
    private let options: Mutex<LoggingSettings>

    init(_ world: World, _ settings: LoggingSettings) {
        self.world = world
        self.options = Mutex(settings)
        if settings.usesSyslog {
            world.process.openSystemLog(
                identity: settings.syslogIdentity, facility: settings.syslogFacility.rawValue)
        }
    }

    func apply(_ settings: LoggingSettings) { options.withLock { $0 = settings } }

    func debug(_ text: @autoclosure () -> String) { write(.debug, text) }
    func verbose(_ text: @autoclosure () -> String) { write(.verbose, text) }
    func notice(_ text: @autoclosure () -> String) { write(.notice, text) }
    func warning(_ text: @autoclosure () -> String) { write(.warning, text) }

    /// Writes a notice of another room, on its level.
    func write(_ notice: Notice) {
        switch notice.level {
        case .debug: debug(notice.text)
        case .verbose: verbose(notice.text)
        case .notice: self.notice(notice.text)
        case .warning: warning(notice.text)
        }
    }

    private func write(_ level: LogLevel, _ text: () -> String) {
        let settings = options.withLock { $0 }
        guard level.importance >= settings.level.importance else { return }
        let text = text()
        let line = format(level, text)
        if settings.file.isEmpty {
            world.process.writeStandardOutput(line)
        } else {
            append(line, to: settings.file)
        }
        if settings.usesSyslog {
            world.process.writeSystemLog(level.systemPriority, text)
        }
    }

    /// A log that cannot be written must not stop the server; the line is lost.
    private func append(_ line: String, to path: String) {
        do throws(IOError) {
            let file = try world.fileSystem.open(path, .append)
            try line.withSlice { (slice) throws(IOError) in try file.writeAll(slice) }
            file.close()
        } catch {
            return
        }
    }

    private func format(_ level: LogLevel, _ text: String) -> String {
        let now = world.clock.wallMicroseconds
        let seconds = now / 1_000_000
        let offset = world.clock.offsetFromUTC(atWallSeconds: seconds)
        let date = CalendarDate(secondsSince1970: seconds + Int64(offset))
        let milliseconds = now / 1000 % 1000
        return "\(world.process.identifier):M \(date.text).\(padded(Int(milliseconds), 3)) "
            + "\(level.mark) \(text)\n"
    }
}

extension LogLevel {
    var importance: Int {
        switch self {
        case .debug: 0
        case .verbose: 1
        case .notice: 2
        case .warning: 3
        case .nothing: 4
        }
    }

    fileprivate var mark: String {
        switch self {
        case .debug: "."
        case .verbose: "-"
        case .notice: "*"
        case .warning, .nothing: "#"
        }
    }

    fileprivate var systemPriority: SystemLogPriority {
        switch self {
        case .debug: .debug
        case .verbose: .info
        case .notice: .notice
        case .warning, .nothing: .warning
        }
    }
}

/// A moment as a date of the Gregorian calendar.
struct CalendarDate {
    let year: Int
    let month: Int
    let day: Int
    let secondOfDay: Int

    init(secondsSince1970 seconds: Int64) {
        let days = Int((Double(seconds) / 86400).rounded(.down))
        secondOfDay = Int(seconds) - days * 86400
        // Eras of 400 years that begin on the first of March make leap days come last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `03 Nov 2026 14:05:09`
    var text: String {
        let (hour, minute) = (secondOfDay / 3600, secondOfDay / 60 % 60)
        return "\(padded(day, 2)) \(Self.months[month - 1]) \(year) "
            + "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(secondOfDay % 60, 2))"
    }
}

/// A number with zeros in front, up to a width.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
