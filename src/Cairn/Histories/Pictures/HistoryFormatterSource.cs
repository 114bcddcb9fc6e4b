namespace Cairn.Callbacks;

/// <summary>Displays a <see cref="History"/> in a notebook; .NET Interactive finds the members by name.</summary>
internal sealed class HistoryFormatterSource
{
    public IEnumerable<object> CreateTypeFormatters() => [new Html(), new Plain()];

    internal sealed class Html
    {
        public string MimeType => "text/html";

        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not History history)
            {
                return false;
            }

            writer.Write(HistoryHtml.Of(history));
            return true;
        }
    }

    internal sealed class Plain
    {
        public string MimeType => "text/plain";

        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not History history)
            {
                return false;
            }

            writer.Write(history.ToString());
            return true;
        }
    }
}
