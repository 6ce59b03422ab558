import COpenSSL

/// The library's list of what went wrong, one for each thread.
///
/// It is empty whenever none of our calls is under way: whoever makes a call that may fail takes the
/// errors before leaving. What an earlier call left would be taken for the failure of the next.
enum TLSErrorQueue {
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// The first error as text, such as "error:0A00010B:SSL routines::wrong version number".
    static func take() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return "the connection ended" }
        var text = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
