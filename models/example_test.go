package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/models"
)

func ExampleNet_Index() {
	net, err := models.Random(1, "vgg19", 8)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"relu4_2", "features.22", "block4_conv2", "23"} {
		i, err := net.Index(name)
		if err != nil {
			log.Fatal(err)
		}
		l := net.Layers[i]
		fmt.Printf("%-12s %s: %d channels, one unit sees %d pixels\n", name, l.Name, l.Channels, l.ReceptiveField)
	}
	_, err = net.Index("relu4_5")
	var unknown *models.UnknownLayerError
	fmt.Println(errors.As(err, &unknown), unknown.Nearest)
	// Output:
	// relu4_2      relu4_2: 64 channels, one unit sees 84 pixels
	// features.22  relu4_2: 64 channels, one unit sees 84 pixels
	// block4_conv2 relu4_2: 64 channels, one unit sees 84 pixels
	// 23           relu4_2: 64 channels, one unit sees 84 pixels
	// true relu4_4
}

func ExampleNet_Aliases() {
	net, err := models.Random(1, "vgg11", 64)
	if err != nil {
		log.Fatal(err)
	}
	for i, name := range net.Names()[:3] {
		fmt.Println(name, net.Aliases(i))
	}
	// Output:
	// conv1_1 [features.0 1]
	// relu1_1 [features.1 block1_conv1 2]
	// pool1 [features.2 block1_pool 3]
}

func ExampleLoadFile() {
	net, err := models.LoadFile("testdata/legacy.pth")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(net.Name, net.Variant(), len(net.Layers), "layers", net.Preprocessing.Mean)
	// Output: legacy vgg11 21 layers [0.485 0.456 0.406]
}

func ExampleLoad() {
	file := []byte("version https://git-lfs.github.com/spec/v1\n")
	_, err := models.Load(bytes.NewReader(file), int64(len(file)), "vgg19.pth")
	fmt.Println(err)
	// Output: models: invalid weight file: vgg19.pth: want a torch .pth or a .safetensors file, found one that begins "version https://"
}

func ExampleRandom() {
	net, err := models.Random(1, "vgg16", 4)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range net.Layers[:3] {
		fmt.Println(l.Name, l.Channels, len(l.Kernel), len(l.Bias))
	}
	// Output:
	// conv1_1 16 432 16
	// relu1_1 16 0 0
	// conv1_2 16 2304 16
}

func ExampleEmbedded() {
	net, err := models.Embedded()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(net.Name, net.Variant(), len(net.Layers), "layers, classifier:", net.Classifier != nil)
	// Output: embedded vgg19 37 layers, classifier: true
}

func ExampleNet_Class() {
	net, err := models.Random(1, "vgg11", 64)
	if err != nil {
		log.Fatal(err)
	}
	net.Labels = []string{"spiral", "dots"}
	net.Classifier = &models.Classifier{Layer: "relu5_2", Weight: make([]float32, 2*8), Bias: make([]float32, 2)}
	for _, name := range []string{"Dots", "1"} {
		class, err := net.Class(name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(name, class)
	}
	_, err = net.Class("spirals")
	fmt.Println(err)
	// Output:
	// Dots 1
	// 1 1
	// models: unknown class "spirals": did you mean "spiral"? valid classes: 0 to 1 or spiral, dots
}

func ExampleNet_WriteSafetensors() {
	net, err := models.Random(1, "vgg11", 64)
	if err != nil {
		log.Fatal(err)
	}
	net.Name, net.Labels = "spirals", []string{"spiral", "dots"}
	var file bytes.Buffer
	if err := net.WriteSafetensors(&file, "F16", map[string]string{"licence": "CC0-1.0"}); err != nil {
		log.Fatal(err)
	}
	again, err := models.Load(bytes.NewReader(file.Bytes()), int64(file.Len()), "embedded")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Name, again.Labels, again.Variant())
	// Output: spirals [spiral dots] vgg11
}
