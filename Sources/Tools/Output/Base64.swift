import Bytes

/// The form in which JSON carries bytes that are no text.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func append(_ bytes: ByteSlice, to buffer: inout ByteBuffer) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for place in 0..<3 {
                group = group << 8 | (place < count ? UInt32(bytes[start + place]) : 0)
            }
            for place in 0..<4 {
                let digit = alphabet[Int(group >> UInt32(18 - 6 * place)) & 63]
                buffer.append(place <= count ? digit : UInt8(ascii: "="))
            }
        }
    }
}
