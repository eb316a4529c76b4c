using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.TestKit;
using Specializer.Text.Images;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests.Images;

/// <summary>Images as transformers prepares them, and every field of preprocessor_config.json.</summary>
[Feature("images")]
public sealed class ImagePreprocessorTests
{
    [SharedDataTheory]
    [InlineData("parity_image", "parity_ref")]
    [InlineData("crop_image", "crop_ref")]
    public void Pixels_are_those_of_transformers(string input, string expected)
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("fixtures", "clip", "preprocess.json")));
        JsonElement rows = reference.RootElement.GetProperty(input);
        byte[] bytes =
        [
            .. rows.EnumerateArray()
                .SelectMany(row => row.EnumerateArray())
                .SelectMany(pixel => pixel.EnumerateArray())
                .Select(value => value.GetByte()),
        ];
        var image = new RgbImage(bytes, rows[0].GetArrayLength(), rows.GetArrayLength());
        // The reference crops the image without resizing it.
        ImagePreprocessorSettings settings = ImagePreprocessorSettings.Load(SharedData.Path("fixtures", "clip")) with
        {
            ShortestEdge = null,
        };
        float[] pixels = new ImagePreprocessor(settings).Process(image);
        float[] values =
        [
            .. reference
                .RootElement.GetProperty(expected)
                .EnumerateArray()
                .SelectMany(channel => channel.EnumerateArray())
                .SelectMany(row => row.EnumerateArray())
                .Select(value => value.GetSingle()),
        ];
        Assert.Equal(values.Length, pixels.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i], pixels[i], 1e-6f);
        }
    }

    [Theory]
    [InlineData(31, 17, 8, 14, 8)]
    [InlineData(17, 31, 8, 8, 14)]
    [InlineData(20, 20, 8, 8, 8)]
    public void The_shorter_side_is_resized_and_the_center_is_cropped(int width, int height, int edge, int toWidth, int toHeight)
    {
        ImagePreprocessorSettings settings = Parse(
            $$$"""
            {"image_processor_type":"CLIPImageProcessor","size":{{{edge}}},"crop_size":{"height":8,"width":8},"resample":3,"do_normalize":false}
            """
        );
        var preprocessor = new ImagePreprocessor(settings);
        RgbImage image = ImageResizerTests.Image(width, height),
            resized = ImageResizer.Resize(image, toWidth, toHeight, ResamplingFilter.Bicubic);
        Assert.Equal((8, 8), (preprocessor.Width, preprocessor.Height));
        float[] pixels = preprocessor.Process(image);
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / 64,
                y = i / 8 % 8 + (toHeight - 8) / 2,
                x = i % 8 + (toWidth - 8) / 2;
            Assert.Equal((float)(resized.Pixels.Span[3 * (y * toWidth + x) + channel] * (1.0 / 255)), pixels[i]);
        }
    }

    [Theory]
    [InlineData(2, 3, 5, 6)]
    [InlineData(6, 3, 3, 6)]
    [InlineData(3, 2, 4, 1)]
    public void A_smaller_image_is_padded_with_black(int width, int height, int cropWidth, int cropHeight)
    {
        var preprocessor = new ImagePreprocessor(
            new ImagePreprocessorSettings
            {
                Crop = (cropWidth, cropHeight),
                RescaleFactor = null,
                Mean = [1, 2, 3],
                StandardDeviation = [2, 2, 2],
            }
        );
        RgbImage image = ImageResizerTests.Image(width, height);
        float[] pixels = preprocessor.Process(image);
        double Source(int channel, int y, int x)
        {
            // transformers pads the top and the left side with the larger half.
            int row = y + (int)Math.Floor((height - cropHeight) / 2.0),
                column = x + (int)Math.Floor((width - cropWidth) / 2.0);
            return row >= 0 && row < height && column >= 0 && column < width ? image.Pixels.Span[3 * (row * width + column) + channel] : 0;
        }

        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / (cropWidth * cropHeight);
            double value = Source(channel, i / cropWidth % cropHeight, i % cropWidth);
            Assert.Equal((value - (channel + 1)) / 2, pixels[i], 1e-6);
        }
    }

    [Fact]
    public void Absent_fields_have_the_defaults_of_the_class()
    {
        ImagePreprocessorSettings vit = Parse("""{"image_processor_type":"ViTImageProcessor"}""");
        Assert.Equal(((224, 224), null, ResamplingFilter.Bilinear), (vit.Size!.Value, vit.Crop, vit.Filter));
        Assert.Equal([0.5f, 0.5f, 0.5f], vit.Mean!);
        Assert.Equal(1.0 / 255, vit.RescaleFactor);

        ImagePreprocessorSettings deit = Parse("""{"feature_extractor_type":"DeiTFeatureExtractor","size":300}""");
        Assert.Equal(((300, 300), (224, 224), ResamplingFilter.Bicubic), (deit.Size!.Value, deit.Crop!.Value, deit.Filter));

        ImagePreprocessorSettings bit = Parse(
            """{"image_processor_type":"BitImageProcessorFast","size":{"shortest_edge":256},"do_convert_rgb":true,"device":null,"do_pad":false}"""
        );
        Assert.Equal((256, (224, 224)), (bit.ShortestEdge!.Value, bit.Crop!.Value));
        Assert.Equal(0.48145466f, bit.Mean![0]);

        ImagePreprocessorSettings plain = Parse(
            """
            {"image_processor_type":"SiglipImageProcessor","size":{"height":4,"width":6},"do_rescale":false,"do_normalize":true,"image_mean":0.25,
             "image_std":[1,2,3]}
            """
        );
        Assert.Equal(((6, 4), null, null), (plain.Size!.Value, plain.Crop, plain.RescaleFactor));
        Assert.Equal([0.25f, 0.25f, 0.25f], plain.Mean!);
        Assert.Equal([1f, 2f, 3f], plain.StandardDeviation!);
    }

    [Theory]
    [InlineData("""{}""", "feature_extractor_type", "found nothing")]
    [InlineData("""{"image_processor_type":"ConvNextImageProcessor"}""", "image_processor_type", "ConvNextImageProcessor")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","crop_pct":0.9}""", "crop_pct", "unknown")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","do_pad":true}""", "do_pad", "unknown")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","size":{"shortest_edge":224}}""", "size.shortest_edge", "proportions")]
    [InlineData(
        """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":2,"longest_edge":4}}""",
        "size.longest_edge",
        "unknown"
    )]
    [InlineData("""{"image_processor_type":"CLIPImageProcessor","do_center_crop":false}""", "size", "different sizes")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","do_resize":false}""", "size", "different sizes")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","size":{"height":4}}""", "size.width", "expected an integer")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","size":9000}""", "size", "9000 by 9000")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","resample":6}""", "resample", "unknown")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","image_mean":[1,2]}""", "image_mean", "3 finite")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","image_std":[1,2,0]}""", "image_std", "above 0")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","data_format":"channels_last"}""", "data_format", "channels_first")]
    [InlineData("""{"image_processor_type":"ViTImageProcessor","default_to_square":false}""", "default_to_square", "ViT")]
    public void Unsupported_fields_are_refused_by_name(string json, string field, string message)
    {
        PipelineException exception = Assert.Throws<PipelineException>(() => Parse(json));
        Assert.Equal("preprocessor_config.json." + field, exception.Place);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(new ImagePreprocessorSettings()));
        var preprocessor = new ImagePreprocessor(new ImagePreprocessorSettings { Size = (2, 2) });
        Assert.Throws<ArgumentException>(() => preprocessor.Process(ImageResizerTests.Image(2, 2), new float[3]));
    }

    [Fact]
    public void Pixels_allocate_nothing_where_the_size_fits()
    {
        var preprocessor = new ImagePreprocessor(new ImagePreprocessorSettings { Size = (32, 32) });
        RgbImage image = ImageResizerTests.Image(32, 32);
        var pixels = new float[3 * 32 * 32];
        preprocessor.Process(image, pixels);
        long before = GC.GetAllocatedBytesForCurrentThread();
        preprocessor.Process(image, pixels);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>SPECIALIZER_TEXT_MUTATIONS is the number of files, and SPECIALIZER_TEXT_SEED the first seed.</summary>
    [Fact]
    public void Mutated_settings_cause_the_documented_exception_or_none()
    {
        byte[][] files =
        [
            .. new[]
            {
                """{"image_processor_type":"ViTImageProcessor","size":{"height":9,"width":8},"resample":2,"image_std":[0.5,0.5,0.5]}""",
                """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":8},"crop_size":7,"resample":3,"rescale_factor":0.1}""",
            }.Select(Encoding.UTF8.GetBytes),
        ];
        RgbImage image = ImageResizerTests.Image(5, 4);
        int read = 0;
        foreach (int seed in HostileFileTests.Seeds(2000))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ImagePreprocessorSettings settings = ImagePreprocessorSettings.Parse(FileMutation.Apply(files[seed % 2], new Random(seed)));
                if (Math.Max(settings.OutputSize.Width, settings.OutputSize.Height) < 1000 && settings.ShortestEdge is null or < 1000)
                {
                    new ImagePreprocessor(settings).Process(image);
                }

                read++;
            }
            catch (PipelineException exception)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message), $"seed {seed}: an error without a message");
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 64 << 20, $"seed {seed}: {allocated} bytes");
        }

        Assert.True(read > 0, "Every file was refused.");
    }

    private static ImagePreprocessorSettings Parse(string json) => ImagePreprocessorSettings.Parse(Encoding.UTF8.GetBytes(json));
}
