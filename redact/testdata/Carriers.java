import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Base64;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Reads redacted carriers with the parsers of the Java platform. */
class Carriers {
    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        int n = 0;
        for (String line; (line = in.readLine()) != null; ) {
            String[] f = line.split("\t", -1);
            String text = decode(f[1]), want = decode(f[2]);
            try {
                String got = read(f[0], text);
                if (!got.equals(want)) throw new Exception("read " + got + ", want " + want);
                n++;
            } catch (Exception e) {
                System.out.println(f[0] + ": " + e + ": " + text);
            }
        }
        System.out.println("ok " + n);
    }

    static String decode(String s) {
        return new String(Base64.getDecoder().decode(s));
    }

    static String read(String kind, String text) throws Exception {
        switch (kind) {
            case "userinfo": {
                URI u = new URI(text).parseServerAuthority();
                if (!u.getHost().equals("db.example") || u.getPort() != 5432) throw new Exception("host " + u.getHost());
                return u.getRawUserInfo().substring("app:".length());
            }
            case "query":
                for (String pair : new URI(text).getRawQuery().split("&")) {
                    if (pair.startsWith("k=")) return pair.substring(2);
                }
                throw new Exception("no k");
            case "header": {
                var r = HttpRequest.newBuilder(URI.create("http://h.example")).header("X-Test", text).build();
                String v = r.headers().firstValue("X-Test").get();
                return v.replaceFirst("^Bearer ?", "");
            }
            case "cookie":
                for (String pair : text.split("; ")) {
                    HttpCookie c = HttpCookie.parse(pair).get(0);
                    if (c.getName().equals("k")) return c.getValue();
                }
                throw new Exception("no k");
            case "xml": {
                Element r = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text))).getDocumentElement();
                return r.hasAttribute("k") ? r.getAttribute("k") : r.getElementsByTagName("k").item(0).getTextContent();
            }
        }
        throw new Exception("unknown kind");
    }
}
