import CPlatform
import Glibc

/// A socket address in the kernel's form.
@safe
struct KernelAddress {
    private var storage = sockaddr_storage()
    private(set) var size: socklen_t = 0

    init() {}

    var family: Int32 { Int32(storage.ss_family) }

    /// The address of a Unix socket; nil when the path is too long for one.
    init?(unixPath path: String) {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: bytes)
        }
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe withUnsafeBytes(of: &address) { unsafe target.copyMemory(from: $0) }
        }
        size = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    /// The address of a host; `*` and `::*` are every address of IPv4 and IPv6.
    ///
    /// - Returns: the address, or a system's error number.
    static func resolve(
        _ host: String, port: UInt16, toListen: Bool
    ) -> (address: KernelAddress, code: Int32) {
        var address = KernelAddress()
        let isEvery = host == "*" || host == "::*"
        let hasColon = host.utf8.contains(UInt8(ascii: ":"))
        // A name stands for its IPv4 address where Redis listens.
        let family = hasColon ? AF_INET6 : toListen ? AF_INET : AF_UNSPEC
        let room = UInt32(MemoryLayout<sockaddr_storage>.size)
        let size = unsafe ls_resolve(
            isEvery ? nil : host, String(port), family, &address.storage, room)
        if size < 0 { return (address, -size) }
        address.size = socklen_t(size)
        return (address, 0)
    }

    mutating func withMutable(_ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Int32)
        -> Int32
    {
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var filled = size
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &filled)
            }
        }
        size = filled
        return result
    }

    func with(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }

    /// The numeric address without a port; empty for a Unix socket.
    var host: String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe with { address, size in
            unsafe getnameinfo(
                address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
        guard code == 0, family != AF_UNIX else { return "" }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // The same place in IPv4's and IPv6's form: after the family.
            unsafe UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    var unixPath: String {
        let start = MemoryLayout<sa_family_t>.size
        guard family == AF_UNIX, Int(size) > start else { return "" }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            let path = unsafe bytes[start..<Int(size)].prefix { $0 != 0 }
            return unsafe String(decoding: path, as: UTF8.self)
        }
    }

    /// `address:port`, with brackets around an address of IPv6.
    var text: String { family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var isLoopback: Bool {
        host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
    }
}
