import Bytes
import COpenSSL

/// Certificates, key and rules that connections are accepted with. Never changed: other settings
/// are another context, and connections keep the one that they were made with.
///
/// The library reads the files by itself, beside the world's file system: a directory of
/// authorities is looked into whenever a certificate is checked.
@safe
public final class TLSContext: @unchecked Sendable {
    let context: OpaquePointer

    public init(_ options: TLSOptions) throws(TLSError) {
        TLSErrorQueue.clear()
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw TLSError("Failed to create a TLS context: \(TLSErrorQueue.take())")
        }
        unsafe self.context = context
        setRules(options)
        try loadKeys(options)
        try setCiphers(options)
        try setParameters(options.parametersFile)
        setSessions(options)
        TLSErrorQueue.clear()
    }

    deinit { unsafe SSL_CTX_free(context) }

    private func setRules(_ options: TLSOptions) {
        var rules = ls_tls_always
        if !options.versions.contains(.v10) { rules |= ls_tls_no_v1 }
        if !options.versions.contains(.v11) { rules |= ls_tls_no_v1_1 }
        if !options.versions.contains(.v12) { rules |= ls_tls_no_v1_2 }
        if !options.versions.contains(.v13) { rules |= ls_tls_no_v1_3 }
        if options.prefersServerCiphers { rules |= ls_tls_server_preference }
        _ = unsafe SSL_CTX_set_options(context, rules)
        // A connection at rest keeps no buffers, and the next to be served takes the warm ones.
        _ = unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_MODE,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        // Takes all that was received at once, instead of each record's header first.
        _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_READ_AHEAD, 1, nil)
    }

    // MARK: Files

    private func loadKeys(_ options: TLSOptions) throws(TLSError) {
        let certificate = options.certificateFile
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate) > 0 else {
            throw TLSError("Failed to load certificate: \(certificate): \(TLSErrorQueue.take())")
        }
        guard loadKey(options) else {
            throw TLSError(
                "Failed to load private key: \(options.keyFile): \(TLSErrorQueue.take())")
        }
        let file = options.authoritiesFile
        let directory = options.authoritiesDirectory
        guard !file.isEmpty || !directory.isEmpty else { return }
        let outcome = unsafe SSL_CTX_load_verify_locations(
            context, file.isEmpty ? nil : file, directory.isEmpty ? nil : directory)
        guard outcome > 0 else {
            throw TLSError(
                "Failed to configure CA certificate(s) file/directory: \(TLSErrorQueue.take())")
        }
    }

    private func loadKey(_ options: TLSOptions) -> Bool {
        // The callback is set for a key without a password, too: the library's own would ask the
        // terminal for it.
        unsafe SSL_CTX_set_default_passwd_cb(context) { target, size, _, password in
            guard let target = unsafe target,
                let password = unsafe password?.assumingMemoryBound(to: ByteSlice.self).pointee,
                password.count > 0, password.count <= Int(size)
            else { return -1 }
            unsafe UnsafeMutableRawPointer(target).copyMemory(
                from: password.start, byteCount: password.count)
            return Int32(password.count)
        }
        return options.keyPassword.withSlice { password in
            var password = password
            return unsafe withUnsafeMutablePointer(to: &password) {
                unsafe SSL_CTX_set_default_passwd_cb_userdata(context, $0)
                // The password is used here and not kept.
                defer { unsafe SSL_CTX_set_default_passwd_cb_userdata(context, nil) }
                return unsafe SSL_CTX_use_PrivateKey_file(
                    context, options.keyFile, SSL_FILETYPE_PEM) > 0
            }
        }
    }

    private func setParameters(_ file: String) throws(TLSError) {
        guard !file.isEmpty else {
            _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_DH_AUTO, 1, nil)
            return
        }
        guard let source = unsafe BIO_new_file(file, "r") else {
            throw TLSError("Failed to load \(file): \(TLSErrorQueue.take())")
        }
        defer { unsafe BIO_free(source) }
        var parameters: OpaquePointer?
        let decoder = unsafe OSSL_DECODER_CTX_new_for_pkey(
            &parameters, "PEM", nil, "DH", OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS, nil, nil)
        guard let decoder = unsafe decoder else { throw TLSError("No decoder for DH params.") }
        defer { unsafe OSSL_DECODER_CTX_free(decoder) }
        guard unsafe OSSL_DECODER_from_bio(decoder, source) > 0 else {
            TLSErrorQueue.clear()
            throw TLSError("\(file): failed to read DH params.")
        }
        guard unsafe SSL_CTX_set0_tmp_dh_pkey(context, parameters) > 0 else {
            unsafe EVP_PKEY_free(parameters)
            throw TLSError("Failed to load DH params file: \(file): \(TLSErrorQueue.take())")
        }
    }

    // MARK: Ciphers and sessions

    private func setCiphers(_ options: TLSOptions) throws(TLSError) {
        if !options.ciphers.isEmpty,
            unsafe SSL_CTX_set_cipher_list(context, options.ciphers) == 0
        {
            TLSErrorQueue.clear()
            throw TLSError("Failed to configure ciphers: \(options.ciphers)")
        }
        if !options.cipherSuites.isEmpty,
            unsafe SSL_CTX_set_ciphersuites(context, options.cipherSuites) == 0
        {
            TLSErrorQueue.clear()
            throw TLSError("Failed to configure ciphersuites: \(options.cipherSuites)")
        }
    }

    private func setSessions(_ options: TLSOptions) {
        let mode = options.cachesSessions ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF
        _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(mode), nil)
        guard options.cachesSessions else {
            // A ticket is a session that the client keeps.
            _ = unsafe SSL_CTX_set_options(context, ls_tls_no_ticket)
            _ = unsafe SSL_CTX_set_num_tickets(context, 0)
            return
        }
        _ = unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_SESS_CACHE_SIZE, options.sessionCacheSize, nil)
        _ = unsafe SSL_CTX_set_timeout(context, options.sessionTimeout)
        let name: StaticString = "redis"
        _ = unsafe SSL_CTX_set_session_id_context(
            context, name.utf8Start, UInt32(name.utf8CodeUnitCount))
    }
}
