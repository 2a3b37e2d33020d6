"""An issuer of certificates of our own, and people who sign with them, as a signing service would."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, fields, sign_pdf
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

NOW = datetime.now(UTC)


class Issuer:
    """Who says who somebody is."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._certified(self.name, self.key, is_issuer=True)
        self.roots = folder / f"{name}.pem"
        self.roots.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def signer(self, name: str, *, until: timedelta = timedelta(days=1)) -> SimpleSigner:
        """Return somebody with a certificate that holds so long from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._certified(subject, key, is_issuer=False, until=until)
        paths = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        written = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, *written))
        paths[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        made = SimpleSigner.load(str(paths[0]), str(paths[1]), ca_chain_files=[str(self.roots)])
        assert made is not None
        return made

    def _certified(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        is_issuer: bool,
        until: timedelta = timedelta(days=1),
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(NOW - timedelta(days=10)).not_valid_after(NOW + until)
        usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False)
        usage |= {"decipher_only": False, "key_cert_sign": is_issuer, "crl_sign": is_issuer}
        usage |= {"digital_signature": not is_issuer, "content_commitment": not is_issuer}
        for extension in (x509.BasicConstraints(is_issuer, None), x509.KeyUsage(**usage)):
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.key, hashes.SHA256())


def signed(
    pdf: bytes, signer: SimpleSigner, field: str = "Lender", *, pades: bool = True, visible: bool = False
) -> bytes:
    """Return a PDF with a signature after it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    if visible:
        fields.append_signature_field(writer, SigFieldSpec(field, box=(60, 60, 200, 100), on_page=0))
    kind = SigSeedSubFilter.PADES if pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    about = PdfSignatureMetadata(field_name=field, subfilter=kind, md_algorithm="sha256")
    return sign_pdf(writer, about, signer=signer).getvalue()
