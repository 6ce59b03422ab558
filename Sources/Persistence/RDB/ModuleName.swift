/// The name of a module's type: nine characters of six bits, above ten bits of a version.
enum ModuleName {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(of identifier: UInt64) -> String {
        let characters = (0..<9).map { position in
            alphabet[Int(truncatingIfNeeded: identifier >> (58 - UInt64(position) * 6)) & 63]
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
